import { BridgeheadError } from '../../core/errors.js';
import type { KeptRun } from '../../guard/index.js';
import type { Node } from '../../model/inventory.js';
import { execute } from '../../remote/execute.js';
import { answerTo } from '../../remote/part.js';
import { sanitize } from '../../remote/sanitize.js';
import { connectAll } from '../connect.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import { lockedError } from '../locks/locks.js';
import { mapSettled } from '../pool.js';

const UNDO_LABEL = /^undo of /;

/** What a node has kept. */
export interface NodeRuns {
  readonly node: string;
  /** Oldest first. */
  readonly runs: readonly KeptRun[];
}

/** Whether a run left something on its node that nothing has reverted or undone yet. */
export function isStanding({ undone, phases }: KeptRun): boolean {
  return !undone && phases.some(({ outcome }) => outcome !== 'reverted');
}

/** An undo itself is only undone by name. */
export function isUndoable(run: KeptRun): boolean {
  return isStanding(run) && !run.phases.every(({ phase }) => UNDO_LABEL.test(phase));
}

/** The newest run that any of the nodes could undo. */
export function lastRun(kept: readonly NodeRuns[]): string | undefined {
  return kept
    .flatMap(({ runs }) => runs.filter(isUndoable).map(({ run }) => run))
    .sort()
    .at(-1);
}

/**
 * Connects to the nodes and reads which runs each has kept; locks them first, unless they are only to be listed. Rejects with
 * NodeErrors, E_LOCKED among them.
 */
export async function readRuns(
  context: RunContext,
  nodes: readonly Node[],
  { lock: locks = true }: { readonly lock?: boolean } = {},
): Promise<NodeRuns[]> {
  await connectAll(context, { nodes });
  const settled = await mapSettled(nodes, context.concurrency, async ({ name: node }): Promise<NodeRuns> => {
    const [lock, list] = [context.locks.taking(), context.nodeGuard.listRunsFragment()];
    const replies = await execute(connectionOf(context, node), locks ? [lock, list] : [list], {
      node,
      deadlineMs: context.patience.program * 1000,
      signal: context.signal,
    });
    const outcome = locks ? answerTo(replies, lock) : undefined;
    const taken = outcome && context.locks.record(node, outcome);
    if (taken?.kind === 'held') throw lockedError(node, taken);
    try {
      return { node, runs: answerTo(replies, list) ?? [] };
    } catch (cause) {
      throw new BridgeheadError('E_UNDO', `cannot read which runs ${node} has kept`, {
        node,
        evidence: sanitize(cause instanceof Error ? cause.message : String(cause), 500),
        cause,
      });
    }
  });
  const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0) throw new NodeErrors(errors);
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
