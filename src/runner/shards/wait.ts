import { BridgeheadError } from '../../core/errors.js';
import { rejections } from '../../core/settled.js';
import { execute } from '../../remote/execute.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import { probeOf } from '../plan/node-probe.js';
import { type PlannedStep, planSteps } from '../plan/planned.js';
import { byNode } from '../plan/probe.js';
import type { StepWork } from '../plan/work.js';
import { mapSettled } from '../pool.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;
const SHOWN = 5;

export interface Waited {
  /** Whether any node was late at first: what was measured before then is no longer of use. */
  readonly waited: boolean;
  /** One for each node that still is. */
  readonly errors: readonly BridgeheadError[];
}

/**
 * Waits until these steps, on nodes that other shards change, have nothing left to change: they are read again, without a
 * lock, until then or until the patience is over. A phase's gates count for all of the network only then, and a later phase
 * finds the facts that it needs, such as public keys. Rejects with NodeErrors when a node can't be read.
 */
export async function awaitOthers(
  context: RunContext,
  works: readonly StepWork[],
  phase?: string,
): Promise<Waited> {
  const seconds = context.patience.others;
  const until = performance.now() + seconds * 1000;
  let late = lateSteps(context, works);
  for (let reads = 0, pause = FIRST_PAUSE_MS; late.length > 0; reads += 1) {
    if (reads === 1) {
      context.emit({
        type: 'shard-waiting',
        nodes: namesOf(late),
        seconds,
        ...(phase === undefined ? {} : { phase }),
      });
    }
    if (performance.now() >= until) return { waited: true, errors: lateErrors(late, seconds) };
    if (reads > 0) {
      await context.pause(Math.min(pause, Math.max(0, until - performance.now())));
      pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
    }
    await readAgain(context, works, new Set(namesOf(late)));
    late = lateSteps(context, works);
    if (late.length === 0) return { waited: true, errors: [] };
  }
  return { waited: false, errors: [] };
}

const lateSteps = (context: RunContext, works: readonly StepWork[]): PlannedStep[] =>
  planSteps(context, works).filter(({ changes }) => changes.length > 0);

const namesOf = (planned: readonly PlannedStep[]): string[] => [
  ...new Set(planned.map(({ work }) => work.node.name)),
];

async function readAgain(
  context: RunContext,
  works: readonly StepWork[],
  names: ReadonlySet<string>,
): Promise<void> {
  const groups = [...byNode(works)].filter(([name]) => names.has(name));
  const settled = await mapSettled(groups, context.concurrency, async ([node, own]) => {
    const options = { node, deadlineMs: context.patience.program * 1000, signal: context.signal };
    const probe = probeOf(own);
    const replies = await execute(connectionOf(context, node), probe.fragments, options);
    context.observations.record(probe, replies);
  });
  const errors = rejections(settled);
  if (errors.length > 0) throw new NodeErrors(errors);
}

function lateErrors(late: readonly PlannedStep[], seconds: number): BridgeheadError[] {
  return namesOf(late).map((node) => {
    const left = late
      .filter(({ work }) => work.node.name === node)
      .flatMap(({ work, changes }) => changes.map(({ summary }) => `${work.phase}: ${summary}`));
    const more = left.length > SHOWN ? [`and ${left.length - SHOWN} more`] : [];
    return new BridgeheadError('E_SHARD_LATE', `another shard did not finish ${node} within ${seconds} s`, {
      node,
      evidence: ['still to do there:', ...left.slice(0, SHOWN), ...more].join('\n'),
      fix: 'check how the run of that shard ended; start the shards at the same time, or wait longer with --shard-wait',
    });
  });
}
