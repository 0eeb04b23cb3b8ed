import { BridgeheadError } from '../errors.js';
import { execute } from '../remote/execute.js';
import type { Fragment, FragmentReply } from '../remote/program.js';
import type { Change } from '../steps/types.js';
import { connectionOf, type RunContext } from './context.js';
import { explainFailure } from './explain.js';
import { probeFragments } from './observations.js';
import { mapSettled } from './pool.js';
import { byNode } from './probe.js';
import { reportError } from './report.js';
import type { StepWork } from './work.js';

const DEFAULT_STEP_SECONDS = 120;

/** A step on a node with what it would change there. */
export interface PlannedStep {
  readonly work: StepWork;
  readonly changes: readonly Change[];
}

interface Doing {
  readonly id: string;
  readonly work: StepWork;
  readonly change: Change;
}

export function planSteps(context: RunContext, works: readonly StepWork[]): PlannedStep[] {
  return works.map((work) => ({ work, changes: context.observations.plan(work) }));
}

/** Tells each step's plan, the satisfied ones too. */
export function tellPlan(context: RunContext, planned: readonly PlannedStep[]): void {
  for (const { work, changes } of planned) {
    const skipped = context.observations.skipped(work);
    context.emit({
      type: 'step-planned',
      phase: work.phase,
      step: work.step.id,
      name: work.step.name,
      node: work.node.name,
      changes: changes.map(({ summary, disruption, diff }) => ({
        summary,
        disruption,
        ...(diff === undefined ? {} : { diff }),
      })),
      ...(skipped === undefined ? {} : { skipped }),
    });
  }
}

function doingsOf(planned: readonly PlannedStep[]): Doing[] {
  return planned.flatMap(({ work, changes }) =>
    changes.map((change, index) => ({ id: `do.${work.step.id}.${index}`, work, change })),
  );
}

function deadlineMs(planned: readonly PlannedStep[]): number {
  const seconds = planned.map(({ work }) => work.kind.timeoutSeconds?.(work.context) ?? DEFAULT_STEP_SECONDS);
  return 1000 * seconds.reduce((sum, one) => sum + one, 0);
}

/** One node's changes of one phase, then its probes again, in one exec. */
async function applyNode(
  context: RunContext,
  planned: readonly PlannedStep[],
  reread: readonly StepWork[],
): Promise<number> {
  const doings = doingsOf(planned);
  const node = doings[0]?.work.node.name ?? '';
  const byId = new Map(doings.map((doing) => [doing.id, doing]));
  const started = new Map<string, number>();
  let current: Doing | undefined;
  const tell = (doing: Doing): { phase: string; step: string; node: string; summary: string } => ({
    phase: doing.work.phase,
    step: doing.work.step.id,
    node,
    summary: doing.change.summary,
  });
  const fragments: Fragment[] = doings.map(({ id, change }) => ({
    id,
    script: change.script,
    required: true,
  }));
  try {
    const replies = await execute(connectionOf(context, node), [...fragments, ...probeFragments(reread)], {
      node,
      deadlineMs: deadlineMs(planned),
      signal: context.signal,
      onBegin: (id) => {
        current = byId.get(id) ?? current;
        if (!byId.has(id) || !current) return;
        started.set(id, performance.now());
        context.emit({ type: 'change-started', ...tell(current) });
      },
      onEnd: (id, code) => {
        const doing = byId.get(id);
        if (!doing || code !== 0) return;
        const ms = Math.round(performance.now() - (started.get(id) ?? performance.now()));
        context.emit({ type: 'change-done', ...tell(doing), ms });
      },
    });
    throwFailed(doings, replies);
    context.observations.record(reread, replies);
    throwUnsatisfied(context, planned);
    return doings.length;
  } catch (error) {
    const work = current?.work ?? doings[0]?.work;
    const where = work ? { node, phase: work.phase, step: work.step.name } : { node };
    const told = error instanceof BridgeheadError ? error.at(where) : error;
    context.emit({
      type: 'step-failed',
      phase: work?.phase ?? '',
      step: work?.step.id ?? '',
      node,
      error: reportError(told, where),
    });
    throw told;
  }
}

function throwFailed(doings: readonly Doing[], replies: ReadonlyMap<string, FragmentReply>): void {
  for (const { id, work, change } of doings) {
    const reply = replies.get(id);
    if (reply?.code === 0) continue;
    if (reply) throw explainFailure(work, change, reply);
  }
}

/** A step whose node still differs after its own changes has failed, whatever the scripts said. */
function throwUnsatisfied(context: RunContext, planned: readonly PlannedStep[]): void {
  for (const { work, changes } of planned) {
    if (changes.length === 0) continue;
    const left = context.observations.plan(work);
    if (left.length === 0) continue;
    throw new BridgeheadError('E_STEP', `${work.step.name} made its changes, yet the node still differs`, {
      node: work.node.name,
      phase: work.phase,
      step: work.step.name,
      evidence: left.map(({ summary }) => `still to do: ${summary}`).join('\n'),
      fix: 'something else on the node changes it back, or refuses it: look for another tool that manages the same thing',
    });
  }
}

export interface PhaseApplied {
  readonly changes: number;
  readonly errors: readonly unknown[];
}

/**
 * Applies one phase's plan on all nodes, one exec each. `later` are the steps of the phases that follow on these
 * nodes: they are read again in the same exec, so that the next plan is made from what is there now.
 */
export async function applyPhase(
  context: RunContext,
  planned: readonly PlannedStep[],
  later: readonly StepWork[],
): Promise<PhaseApplied> {
  const rereadByNode = byNode([...planned.map(({ work }) => work), ...later]);
  const nodes = [
    ...new Set(planned.filter(({ changes }) => changes.length > 0).map(({ work }) => work.node.name)),
  ];
  const settled = await mapSettled(nodes, context.concurrency, (node) =>
    applyNode(
      context,
      planned.filter(({ work }) => work.node.name === node),
      rereadByNode.get(node) ?? [],
    ),
  );
  return {
    changes: settled.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0),
    errors: settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])),
  };
}
