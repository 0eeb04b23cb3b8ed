import { BridgeheadError } from '../../core/errors.js';
import type { RunContext } from '../context.js';
import type { Pool } from '../pool.js';
import { type Begun, beginRound, type RoundEnd, wholeBack } from '../round/run-round.js';
import { takeBackQuickly } from '../round/settle-guard.js';
import type { Carriers } from './carriers.js';
import type { Group } from './group.js';
import type { NodeApplied, NodeRounds } from './node-rounds.js';
import type { ArmedRound, Trial } from './prove.js';
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
 * A group's changes of one phase, round by round: all nodes at once, each round confirmed on all of them or reverted on
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
    const begun = await pool.runTogether(
      due.map((one) => async () => [one.node, await begin(context, request, one)] as const),
    );
    const ends = await endRound(context, request, new Map(begun));
    for (const one of due) one.accept(ends.get(one.node) ?? { fate: 'untouched' });
    if (nodes.some(({ applied }) => applied.error !== undefined)) halt();
  }
  return nodes.map(({ applied }) => applied);
}

/** With guards that wait as long as it takes all members of a group to have their turn. */
export function inTurns(run: RunContext, { members }: Group): RunContext {
  const turns = Math.ceil(members.length / run.concurrency);
  return { ...run, guard: { ...run.guard, seconds: run.guard.seconds * turns } };
}

async function begin(context: RunContext, { isHalted, halt }: GroupApply, one: NodeRounds): Promise<Begun> {
  if (isHalted()) return { kind: 'ended', end: { fate: 'untouched' } };
  const begun = await beginRound(context, one.request());
  const failed = begun.kind === 'ended' ? begun.end.error !== undefined : begun.fault?.answered === true;
  if (failed) halt();
  return begun;
}

async function endRound(
  context: RunContext,
  request: GroupApply,
  begun: ReadonlyMap<string, Begun>,
): Promise<ReadonlyMap<string, RoundEnd>> {
  const { group, carriers, isJoint } = request;
  const ends = new Map<string, RoundEnd>();
  const armed = new Map<string, ArmedRound>();
  for (const [node, one] of begun) {
    if (one.kind === 'armed') armed.set(node, one);
    else ends.set(node, one.end);
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
    return revertQuickly(context, trial, error);
  }
}

/** After an interruption: twice, since a node may be reached only once what it is reached through has been reverted. */
async function revertQuickly(
  context: RunContext,
  { armed }: Trial,
  error: unknown,
): Promise<ReadonlyMap<string, RoundEnd>> {
  const ends = new Map<string, RoundEnd>();
  const all = async (rounds: readonly ArmedRound[]) => {
    await Promise.all(
      rounds.map(async (one) => {
        const { round } = one.armed;
        const back = await takeBackQuickly(context, one.armed);
        const end: RoundEnd = { fate: back ? 'undone' : 'unknown', error };
        ends.set(round.node, await wholeBack(context, round, end));
      }),
    );
  };
  await all([...armed.values()]);
  const left = [...armed.values()].filter(({ armed: { round } }) => ends.get(round.node)?.fate === 'unknown');
  if (left.length < armed.size) await all(left);
  return ends;
}
