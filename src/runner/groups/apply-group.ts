import { BridgeheadError } from '../../core/errors.js';
import type { RunContext } from '../context.js';
import { sendParcels } from '../parcels/send.js';
import type { Pool } from '../pool.js';
import { revertQuickly, revertUnguarded } from '../round/revert-quickly.js';
import { type ArmedRound, type RoundEnd, runRound } from '../round/run-round.js';
import type { Carriers } from './carriers.js';
import type { Group } from './group.js';
import type { NodeApplied, NodeRounds } from './node-rounds.js';
import type { Trial } from './prove.js';
import { settleGroup } from './settle-group.js';

export interface GroupApply {
  readonly group: Group;
  readonly carriers: Carriers;
  readonly roundsOf: (context: RunContext, node: string) => NodeRounds;
  readonly pool: Pool;
  /** Whether another node has failed, or the run was interrupted: nothing more is begun. */
  readonly isHalted: () => boolean;
  readonly halt: () => void;
  /** Whether the others' changes are of no use when this node's fail. */
  readonly isJoint: (node: string) => boolean;
}

/**
 * The changes of one phase on a group, or on a lone node, round by round: all nodes at once, each round confirmed on all of them or reverted on
 * all. They are begun once all can be worked on, so that nobody's guard waits for a node of another group; a group that is
 * larger than that goes in turns, for which its guards wait that much longer.
 */
export async function applyGroup(run: RunContext, request: GroupApply): Promise<readonly NodeApplied[]> {
  const { group, pool, isHalted, halt } = request;
  const context = inTurns(run, group);
  const nodes = group.members.map((node) => request.roundsOf(context, node));
  for (;;) {
    const due = nodes.filter(({ isDue }) => isDue);
    if (due.length === 0 || isHalted()) break;
    // A guard doesn't wait for what is sent to another node of its group.
    const unsent = await sendAll(context, pool, due);
    if (unsent.size > 0) {
      halt();
      for (const one of due) {
        const error = unsent.get(one.node);
        one.accept({ fate: 'untouched', ...(error !== undefined && { error }) });
      }
      break;
    }
    const begun = await pool.runTogether(
      due.map((one) => async () => [one.node, await begin(context, request, one)] as const),
    );
    const ends = await endRound(context, request, new Map(begun));
    for (const one of due) one.accept(ends.get(one.node) ?? { fate: 'untouched' });
    if (nodes.some(({ applied }) => applied.error !== undefined)) halt();
  }
  return nodes.map(({ applied }) => applied);
}

/** Sends each node what its round needs; answers with what went wrong, by node. */
async function sendAll(
  context: RunContext,
  pool: Pool,
  due: readonly NodeRounds[],
): Promise<ReadonlyMap<string, unknown>> {
  const errors = new Map<string, unknown>();
  await pool.runTogether(
    due.map(({ node, planned }) => async () => {
      try {
        await sendParcels(context, node, planned);
      } catch (error) {
        errors.set(node, error);
      }
    }),
  );
  return errors;
}

/** With guards that wait as long as it takes all members of a group to have their turn. */
export function inTurns(run: RunContext, { members }: Group): RunContext {
  const turns = Math.ceil(members.length / run.concurrency);
  return { ...run, guard: { ...run.guard, seconds: run.guard.seconds * turns } };
}

async function begin(
  context: RunContext,
  { isHalted, halt }: GroupApply,
  one: NodeRounds,
): Promise<RoundEnd | ArmedRound> {
  if (isHalted()) return { fate: 'untouched' };
  const begun = await runRound(context, one.next());
  const failed = 'fate' in begun ? begun.error !== undefined : begun.fault?.answered === true;
  if (failed) halt();
  return begun;
}

async function endRound(
  context: RunContext,
  request: GroupApply,
  begun: ReadonlyMap<string, RoundEnd | ArmedRound>,
): Promise<ReadonlyMap<string, RoundEnd>> {
  const { group, carriers, isJoint } = request;
  const ends = new Map<string, RoundEnd>();
  const armed = new Map<string, ArmedRound>();
  for (const [node, one] of begun) {
    if ('fate' in one) ends.set(node, one);
    else armed.set(node, one);
  }
  if (armed.size === 0) return ends;
  const idle = [...group.members, ...group.passengers].filter((node) => !armed.has(node));
  const trial: Trial = {
    armed,
    carriers,
    passengers: idle.filter((node) => [...armed.keys()].some((name) => carriers.get(node)?.has(name))),
  };
  const isSpoilt =
    [...armed.values()].some(({ fault }) => fault?.answered === true) ||
    [...ends].some(([node, end]) => isJoint(node) && isMissing(end));
  return new Map([...ends, ...(await endRounds(context, trial, isSpoilt))]);
}

/** What has failed, or was not begun since another one has. */
const isMissing = ({ error, fate }: RoundEnd): boolean => error !== undefined || fate === 'untouched';

/** Brings rounds to one end, as {@link settleGroup} does; after an interruption they are reverted as quickly as can be. */
export async function endRounds(
  context: RunContext,
  trial: Trial,
  isSpoilt: boolean,
): Promise<ReadonlyMap<string, RoundEnd>> {
  try {
    if (context.signal.aborted) throw new BridgeheadError('E_INTERRUPTED', 'interrupted');
    return await settleGroup(context, trial, isSpoilt);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    return revertAllQuickly(context, trial, error);
  }
}

/** After an interruption: twice, since a node may be reached only once what it is reached through has been reverted. */
async function revertAllQuickly(
  context: RunContext,
  { armed }: Trial,
  error: unknown,
): Promise<ReadonlyMap<string, RoundEnd>> {
  const ends = new Map<string, RoundEnd>();
  const all = async (rounds: readonly (readonly [string, ArmedRound])[]) => {
    await Promise.all(
      rounds.map(async ([node, one]) => {
        const isReverted = await revertQuickly(context, one);
        const end: RoundEnd = { fate: isReverted ? 'reverted' : 'unknown', error };
        ends.set(node, await revertUnguarded(context, one.round, end));
      }),
    );
  };
  await all([...armed]);
  const left = [...armed].filter(([node]) => ends.get(node)?.fate === 'unknown');
  if (left.length < armed.size) await all(left);
  return ends;
}
