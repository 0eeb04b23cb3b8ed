import { BridgeheadError } from '../../core/errors.js';
import type { RunContext } from '../context.js';
import { toReportedError } from '../events/report.js';
import { endRounds, inTurns } from '../groups/apply-group.js';
import type { Carriers } from '../groups/carriers.js';
import { type Group, groupsOf, isAlone } from '../groups/group.js';
import { carriersBehind } from '../groups/ways.js';
import { Pool } from '../pool.js';
import type { Fate, RoundEnd } from '../round/run-round.js';
import type { NodeRuns } from './kept-runs.js';
import { undoLabel } from './labels.js';
import { type BegunUndo, beginUndo } from './undo-node.js';
import { undoneTogether } from './undone-together.js';

export interface Undone {
  readonly node: string;
  readonly undone: readonly string[];
  readonly fate: Fate;
  /** How many phases were undone. */
  readonly changes: number;
  readonly error?: unknown;
}

/** The error of a node whose undo was reverted since another one's could not stay: nothing is undone there either. */
function undoneWith(node: string, cause: unknown): BridgeheadError {
  const { message, node: other = '' } = toReportedError(cause);
  return new BridgeheadError('E_REVERTED', `the undo was reverted on ${node} with that of another node`, {
    node,
    evidence: other === '' ? message : `${other}: ${message}`,
    fix: 'fix that, then undo the run again',
    cause,
  });
}

interface Ties {
  readonly carriers: Carriers;
  /** Sets of nodes on which the undoing is of use only together. */
  readonly joint: readonly (readonly string[])[];
}

/** Undone on all of them, once all that are reached through them have been logged into again; else on none. */
async function endUndo(
  context: RunContext,
  begun: readonly BegunUndo[],
  { passengers }: Group,
  { carriers, joint }: Ties,
): Promise<Undone[]> {
  const armed = new Map(begun.flatMap(({ node, armed: one }) => (one ? [[node, one] as const] : [])));
  const isJoint = (node: string): boolean => joint.some((set) => set.includes(node));
  const isSpoilt = begun.some(
    ({ node, cause, armed: one }) => one?.fault?.answered === true || (cause !== undefined && isJoint(node)),
  );
  const trial = { armed, passengers, carriers };
  const ends: ReadonlyMap<string, RoundEnd> =
    armed.size === 0 ? new Map() : await endRounds(context, trial, isSpoilt);
  const said = begun.flatMap(({ cause }) => (cause === undefined ? [] : [cause]));
  const failed = [...ends.values()].flatMap(({ error }) => (error === undefined ? [] : [error]));
  const [first] = [...said, ...failed];
  return begun.map(({ node, undone, cause, progress }) => {
    const end = ends.get(node);
    const isKept = end === undefined || end.fate === 'changed';
    // Reverted with the others, it is as little undone as they are.
    const error =
      end?.error ?? cause ?? (isKept || first === undefined ? undefined : undoneWith(node, first));
    if (error !== undefined) progress.failed(error);
    return {
      node,
      undone: isKept ? undone : [],
      fate: end?.fate ?? (progress.isBegun ? 'changed' : 'untouched'),
      changes: isKept ? progress.changes : 0,
      ...(error === undefined ? {} : { error }),
    };
  });
}

/**
 * Brings the nodes back to what they were before a run, from their own snapshots, each under a guard of its own. One through
 * which others are reached is confirmed together with them; so are those of a network that the run has changed.
 */
export async function undoRun(
  context: RunContext,
  undoing: string,
  kept: readonly NodeRuns[],
): Promise<Undone[]> {
  const phase = undoLabel(undoing);
  const nodes = kept.map(({ node }) => node);
  context.emit({ type: 'phase-started', phase });
  const carriers = await carriersBehind(context, nodes);
  const joint = context.guard.enabled ? undoneTogether(context.inventory, undoing, kept) : [];
  const pool = new Pool(context.concurrency);
  const groups = groupsOf({ changing: nodes, carriers, joint, atOnce: nodes.length });
  const done = await Promise.all(
    groups.map(async (group): Promise<Undone[]> => {
      try {
        const within = inTurns(context, group);
        const own = kept.filter(({ node }) => group.members.includes(node));
        const begin = (one: NodeRuns) => () => beginUndo(within, undoing, one);
        const end = (begun: readonly BegunUndo[]) => endUndo(within, begun, group, { carriers, joint });
        const begun = own.map(begin);
        if (isAlone(group))
          return await pool.run(async () => end(await Promise.all(begun.map((one) => one()))));
        return await end(await pool.runTogether(begun));
      } catch (error) {
        return group.members.map((node) => ({ node, undone: [], fate: 'unknown', changes: 0, error }));
      }
    }),
  );
  const results = nodes.flatMap((node) => done.flat().filter((one) => one.node === node));
  const of = (fate: Fate) => results.filter((one) => one.fate === fate).map(({ node }) => node);
  const isDone = results.every(({ error }) => error === undefined);
  context.emit({
    type: 'phase-ended',
    phase,
    outcome: isDone ? 'done' : 'failed',
    changes: results.reduce((sum, { changes }) => sum + changes, 0),
    ...(!isDone && {
      nodes: {
        changed: of('changed'),
        untouched: of('untouched'),
        reverted: of('reverted'),
        unknown: of('unknown'),
      },
    }),
  });
  return results;
}
