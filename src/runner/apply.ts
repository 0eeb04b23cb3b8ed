import { BridgeheadError } from '../errors.js';
import type { RunContext } from './context.js';
import type { PhaseNodes } from './events.js';
import { type Fate, makeRound } from './make-round.js';
import { countChanges, type PlannedStep, planSteps } from './planned.js';
import { mapSettled } from './pool.js';
import { byNode } from './probe.js';
import { reportError } from './report.js';
import { buildRound, MAX_ROUNDS } from './round.js';
import type { StepWork } from './work.js';

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

/** What is left to do after a round: not what it has just done and others may bring about again. */
function leftAfter(before: readonly PlannedStep[], next: readonly PlannedStep[]): readonly PlannedStep[] {
  return next.map((step) => {
    const made = before.find(({ work }) => work === step.work)?.changes.map(({ summary }) => summary) ?? [];
    const changes = step.changes.filter(({ recurs, summary }) => !(recurs && made.includes(summary)));
    return { ...step, changes };
  });
}

interface NodeApplied {
  readonly node: string;
  readonly changes: number;
  readonly fate: Fate;
  readonly error?: unknown;
}

/**
 * One node's changes of one phase. What a step changes may give a later step of the phase something to do (a service
 * whose configuration is now newer), so the node is planned again from what was read after each round.
 */
async function applyNode(
  context: RunContext,
  node: string,
  works: readonly StepWork[],
  later: readonly StepWork[],
): Promise<NodeApplied> {
  let planned = planSteps(context, works);
  let changes = 0;
  for (let round = 1; planned.some((step) => step.changes.length > 0); round++) {
    const before = planned;
    let next: readonly PlannedStep[] = [];
    const { fate, error } = await makeRound(context, {
      round: buildRound(context, node, before, round),
      reread: [...works, ...later],
      verify: () => {
        next = leftAfter(before, planSteps(context, works));
        throwUnsatisfied(before, next, round === MAX_ROUNDS);
      },
    });
    if (error !== undefined) {
      const { phase = works[0]?.phase ?? '', step = '' } =
        error instanceof BridgeheadError ? error.details : {};
      context.emit({ type: 'step-failed', phase, step, node, error: reportError(error, { node, phase }) });
      return { node, changes, fate: round > 1 && fate === 'untouched' ? 'changed' : fate, error };
    }
    changes += countChanges(before);
    planned = [...next];
  }
  return { node, changes, fate: 'changed' };
}

export interface PhaseApplied {
  readonly changes: number;
  readonly errors: readonly unknown[];
  readonly nodes: PhaseNodes;
}

/**
 * Applies one phase's steps on all nodes that differ, one exec each; once one has failed, no further one is begun.
 * `later` are the steps of the phases that follow: they are read again in the same exec, so that the next plan is made
 * from what is there now.
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
  let failed = false;
  const settled = await mapSettled(nodes, context.concurrency, async (node): Promise<NodeApplied> => {
    if (failed || context.signal.aborted) return { node, changes: 0, fate: 'untouched' };
    const applied = await applyNode(context, node, worksByNode.get(node) ?? [], laterByNode.get(node) ?? []);
    failed ||= applied.error !== undefined;
    return applied;
  });
  // What rejects here is a bug; what can fail on a node is answered.
  const applied = settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  const of = (fate: Fate): string[] => applied.filter((one) => one.fate === fate).map(({ node }) => node);
  return {
    changes: applied.reduce((sum, one) => sum + one.changes, 0),
    errors: applied.flatMap(({ error }) => (error === undefined ? [] : [error])),
    nodes: {
      changed: of('changed'),
      untouched: of('untouched'),
      undone: of('undone'),
      unknown: of('unknown'),
    },
  };
}
