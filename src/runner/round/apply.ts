import type { RunContext } from '../context.js';
import type { PhaseNodes } from '../events/events.js';
import { applyGroup } from '../groups/apply-group.js';
import { groupsOf, isAlone, joinSets, jointNodes } from '../groups/group.js';
import { type NodeApplied, NodeRounds } from '../groups/node-rounds.js';
import { carriersBehind } from '../groups/ways.js';
import type { PlannedStep } from '../plan/planned.js';
import { byNode } from '../plan/probe.js';
import type { StepWork } from '../plan/work.js';
import { Pool } from '../pool.js';
import { revertPhase } from '../undo/revert-phase.js';
import { LAST_WORD_MS } from './revert-quickly.js';
import type { Fate } from './run-round.js';

export interface PhaseApplied {
  readonly changes: number;
  readonly errors: readonly unknown[];
  readonly nodes: PhaseNodes;
}

export interface PhaseRequest {
  readonly planned: readonly PlannedStep[];
  /** Steps of the phases that follow: read again in the same exec, so that the next plan is made from what is there now. */
  readonly later: readonly StepWork[];
  /** Whether changes stay that are of use only together, although one of them has failed. */
  readonly keepChanged: boolean;
}

/**
 * Applies one phase's steps on all nodes that differ, one exec each; once one has failed, no further one is begun. Nodes
 * of which one is reached through another, and those whose changes are of use only together, are confirmed together or
 * not at all.
 */
export async function applyPhase(
  context: RunContext,
  { planned, later, keepChanged }: PhaseRequest,
): Promise<PhaseApplied> {
  const worksByNode = byNode(planned.map(({ work }) => work));
  const laterByNode = byNode(later);
  const changing = [
    ...new Set(planned.filter(({ changes }) => changes.length > 0).map(({ work }) => work.node.name)),
  ];
  const joint = keepChanged ? [] : jointNodes(planned);
  const carriers = await carriersBehind(context, changing);
  const pool = new Pool(context.concurrency);
  let failed = false;
  const roundsOf = (within: RunContext, node: string) =>
    new NodeRounds(within, node, worksByNode.get(node) ?? [], laterByNode.get(node) ?? []);
  const groups = groupsOf({ changing, carriers, joint, atOnce: context.concurrency });
  const settled = await Promise.allSettled(
    groups.map((group): Promise<readonly NodeApplied[]> => {
      const apply = (within: Pool) =>
        applyGroup(context, {
          group,
          carriers,
          roundsOf,
          pool: within,
          isHalted: () => failed || context.signal.aborted,
          isJoint: (node) => joint.some((set) => set.includes(node)),
          halt: () => {
            failed = true;
          },
        });
      return isAlone(group) ? pool.run(() => apply(new Pool(1))) : apply(pool);
    }),
  );
  // What rejects here is a bug; what can fail on a node is answered.
  const applied = settled.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  const of = (fate: Fate): string[] => applied.filter((one) => one.fate === fate).map(({ node }) => node);
  const made: PhaseApplied = {
    changes: applied.reduce((sum, one) => sum + one.changes, 0),
    errors: applied.flatMap(({ error }) => (error === undefined ? [] : [error])),
    nodes: {
      changed: of('changed'),
      untouched: of('untouched'),
      reverted: of('reverted'),
      unknown: of('unknown'),
    },
  };
  const broken = brokenSets(applied, { joint, groups: groups.map(({ members }) => members) });
  const signal = context.signal.aborted ? AbortSignal.timeout(LAST_WORD_MS) : context.signal;
  return revertBroken({ ...context, signal }, planned[0]?.work.phase ?? '', made, broken);
}

interface Ties {
  /** Sets of nodes whose changes are of use only together. */
  readonly joint: readonly (readonly string[])[];
  /** Sets of nodes that were confirmed together. */
  readonly groups: readonly (readonly string[])[];
}

/** Nodes that can't stay changed, as another one of theirs was reverted, has failed, or was not begun any more. */
function brokenSets(applied: readonly NodeApplied[], { joint, groups }: Ties): readonly string[] {
  const named = (is: (one: NodeApplied) => boolean) => new Set(applied.filter(is).map(({ node }) => node));
  const back = named(({ fate }) => fate === 'reverted' || fate === 'unknown');
  const missing = named(({ fate, error }) => fate !== 'changed' || error !== undefined);
  const broken = [
    ...groups.filter((set) => set.some((node) => back.has(node))),
    ...joint.filter((set) => set.some((node) => missing.has(node))),
  ].flat();
  return joinSets([...joint, ...groups])
    .filter((set) => set.some((node) => broken.includes(node)))
    .flat();
}

/** Reverts what was confirmed already and is of no use without what has failed. */
async function revertBroken(
  context: RunContext,
  phase: string,
  made: PhaseApplied,
  broken: readonly string[],
): Promise<PhaseApplied> {
  const kept = made.nodes.changed.filter((node) => broken.includes(node));
  if (kept.length === 0) return made;
  const back = await revertPhase(context, phase, { ...made.nodes, changed: kept });
  const others = made.nodes.changed.filter((node) => !kept.includes(node));
  return {
    ...made,
    errors: [...made.errors, ...back.errors],
    nodes: { ...back.nodes, changed: [...others, ...back.nodes.changed] },
  };
}
