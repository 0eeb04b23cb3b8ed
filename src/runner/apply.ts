import { BridgeheadError } from '../errors.js';
import { execute } from '../remote/execute.js';
import type { Fragment, FragmentReply } from '../remote/program.js';
import type { Change } from '../steps/types.js';
import { ChangeTeller, type Doing } from './change-teller.js';
import { connectionOf, type RunContext } from './context.js';
import { explainFailure } from './explain.js';
import { probeFragments } from './observations.js';
import { mapSettled } from './pool.js';
import { byNode } from './probe.js';
import { reportError } from './report.js';
import type { StepWork } from './work.js';

const DEFAULT_STEP_SECONDS = 120;
const MAX_ROUNDS = 3;

/** A step on a node with what it would change there. */
export interface PlannedStep {
  readonly work: StepWork;
  readonly changes: readonly Change[];
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

export const countChanges = (planned: readonly PlannedStep[]): number =>
  planned.reduce((sum, { changes }) => sum + changes.length, 0);

function doingsOf(planned: readonly PlannedStep[]): Doing[] {
  return planned.flatMap(({ work, changes }) =>
    changes.map((change, index) => ({ id: `do.${work.step.id}.${index}`, work, change })),
  );
}

function deadlineMs(planned: readonly PlannedStep[]): number {
  const seconds = planned.map(({ work }) => work.kind.timeoutSeconds?.(work.context) ?? DEFAULT_STEP_SECONDS);
  return 1000 * seconds.reduce((sum, one) => sum + one, 0);
}

/** Runs one round of changes on one node, and reads it again in the same exec. */
async function changeNode(
  context: RunContext,
  node: string,
  planned: readonly PlannedStep[],
  reread: readonly StepWork[],
): Promise<void> {
  const doings = doingsOf(planned);
  const teller = new ChangeTeller(context, doings);
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
      onBegin: (id) => teller.begin(id),
      onEnd: (id, code) => teller.end(id, code),
    });
    throwFailed(doings, replies);
    context.observations.record(reread, replies);
  } catch (error) {
    throw error instanceof BridgeheadError ? error.at(teller.where) : error;
  }
}

function throwFailed(doings: readonly Doing[], replies: ReadonlyMap<string, FragmentReply>): void {
  for (const { id, work, change } of doings) {
    const reply = replies.get(id);
    if (reply && reply.code !== 0) throw explainFailure(work, change, reply);
  }
}

const summariesOf = ({ changes }: PlannedStep): string => changes.map(({ summary }) => summary).join('\n');

/** A step that wants the very same changes again has failed, whatever its scripts said. */
function throwUnsatisfied(
  before: readonly PlannedStep[],
  after: readonly PlannedStep[],
  lastRound: boolean,
): void {
  for (const step of after) {
    const earlier = before.find(({ work }) => work === step.work);
    const stuck = earlier !== undefined && summariesOf(earlier) === summariesOf(step);
    if (step.changes.length === 0 || !(stuck || lastRound)) continue;
    throw new BridgeheadError(
      'E_STEP',
      `${step.work.step.name} made its changes, yet the node still differs`,
      {
        node: step.work.node.name,
        phase: step.work.phase,
        step: step.work.step.name,
        evidence: step.changes.map(({ summary }) => `still to do: ${summary}`).join('\n'),
        fix: 'something else on the node changes it back, or refuses it: look for another tool that manages the same thing',
      },
    );
  }
}

/**
 * One node's changes of one phase. What a step changes may give a later step of the phase something to do (a service
 * whose configuration is now newer), so the node is planned again from what was read after each round.
 */
async function applyNode(
  context: RunContext,
  works: readonly StepWork[],
  later: readonly StepWork[],
): Promise<number> {
  const node = works[0]?.node.name ?? '';
  let planned = planSteps(context, works);
  let changes = 0;
  try {
    for (let round = 1; planned.some((step) => step.changes.length > 0); round++) {
      await changeNode(context, node, planned, [...works, ...later]);
      changes += countChanges(planned);
      const next = planSteps(context, works);
      throwUnsatisfied(planned, next, round === MAX_ROUNDS);
      planned = next;
    }
    return changes;
  } catch (error) {
    const { phase = '', step = '' } = error instanceof BridgeheadError ? error.details : {};
    context.emit({ type: 'step-failed', phase, step, node, error: reportError(error, { node }) });
    throw error;
  }
}

export interface PhaseApplied {
  readonly changes: number;
  readonly errors: readonly unknown[];
}

/**
 * Applies one phase's steps on all nodes that differ, one exec each. `later` are the steps of the phases that follow:
 * they are read again in the same exec, so that the next plan is made from what is there now.
 */
export async function applyPhase(
  context: RunContext,
  planned: readonly PlannedStep[],
  later: readonly StepWork[],
): Promise<PhaseApplied> {
  const worksByNode = byNode(planned.map(({ work }) => work));
  const laterByNode = byNode(later);
  const nodes = [
    ...new Set(planned.filter(({ changes }) => changes.length > 0).map(({ work }) => work.node.name)),
  ];
  const settled = await mapSettled(nodes, context.concurrency, (node) =>
    applyNode(context, worksByNode.get(node) ?? [], laterByNode.get(node) ?? []),
  );
  return {
    changes: settled.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0),
    errors: settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])),
  };
}
