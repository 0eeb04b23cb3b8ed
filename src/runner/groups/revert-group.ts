import { BridgeheadError } from '../../core/errors.js';
import type { Connection } from '../../remote/transport.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import { type RoundEnd, revertedEnd, takenBack, wholeBack } from '../round/run-round.js';
import { conclude, revertedError, revertOnce, type Settled, settle } from '../round/settle-guard.js';
import { takeBack } from '../undo/take-back.js';
import { logInAfresh } from './fresh-login.js';
import { inLevels } from './group.js';
import type { ArmedRound, Trial } from './prove.js';
import { groupError, guardGone, withWayOut } from './tell-group.js';

/** How each armed round of a group has ended, by node. */
export type GroupEnds = Map<string, RoundEnd>;

export interface Reversal {
  readonly trial: Trial;
  /** Why nodes could not be logged into, or confirmed. */
  readonly refusals: ReadonlyMap<string, unknown>;
  /** Rounds that are over: those that were confirmed are undone, the others left as they are. */
  readonly ends: GroupEnds;
}

/** Errors that only a mistake in Bridgehead itself explains. */
type Bugs = unknown[];

/**
 * Reverts all rounds of a group. Whoever still answers goes first, those behind others before those through which they
 * are reached; then the rest the other way round, since a node may be reached again only after what it is reached through
 * has been reverted.
 */
export async function revertAll(context: RunContext, reversal: Reversal): Promise<GroupEnds> {
  const { trial, refusals, ends } = reversal;
  const bugs: Bugs = [];
  const levels = inLevels([...trial.armed.keys()], trial.carriers);
  const isOpen = (node: string): boolean => {
    const end = ends.get(node);
    return end === undefined || (end.fate === 'changed' && end.error === undefined);
  };
  const answers = (node: string): boolean =>
    !refusals.has(node) && trial.armed.get(node)?.fault?.answered !== false;
  for (const level of levels.toReversed()) {
    await Promise.all(
      level
        .filter((node) => isOpen(node) && answers(node))
        .map((node) => revertNode(context, reversal, { node, over: connectionOf(context, node), bugs })),
    );
  }
  for (const level of levels) {
    await Promise.all(level.filter(isOpen).map((node) => revertNode(context, reversal, { node, bugs })));
  }
  if (bugs.length > 0) throw bugs[0];
  for (const [node, end] of ends) ends.set(node, withWayOut(end, node, trial.carriers, ends));
  return ends;
}

/** Over a connection that may not live, once and briefly, with a failure left to the next try; else until the node answers. */
async function revertNode(
  context: RunContext,
  reversal: Reversal,
  { node, over, bugs }: { readonly node: string; readonly over?: Connection; readonly bugs: Bugs },
): Promise<void> {
  const { trial, ends } = reversal;
  const one = trial.armed.get(node);
  if (one === undefined) return;
  try {
    const settled =
      ends.get(node)?.fate === 'changed'
        ? await undoConfirmed(context, one, over)
        : await revertArmed(context, one, reversal, over);
    if (settled !== undefined) ends.set(node, await endOf(context, one, reversal, settled));
  } catch (error) {
    if (context.signal.aborted) throw error;
    if (!(error instanceof BridgeheadError || error instanceof NodeErrors)) bugs.push(error);
    if (over !== undefined) return;
    const isUndo = error instanceof BridgeheadError && error.code === 'E_UNDO';
    ends.set(node, isUndo ? { fate: 'changed', error } : { fate: 'unknown', error });
  }
}

async function revertArmed(
  context: RunContext,
  { armed, fault }: ArmedRound,
  { refusals }: Reversal,
  over: Connection | undefined,
): Promise<Settled | undefined> {
  const intent = { kind: 'revert' } as const;
  const started = performance.now();
  const report =
    over === undefined ? await settle(context, armed, intent) : await revertOnce(context, armed, over);
  if (report === undefined) return undefined;
  const cause = fault?.error ?? refusals.get(armed.round.node);
  return conclude(context, armed, intent, { report, started, cause });
}

/** What was confirmed before another one could not be: undone from the node's own snapshot. */
async function undoConfirmed(
  context: RunContext,
  { armed }: ArmedRound,
  over: Connection | undefined,
): Promise<Settled | undefined> {
  const { node, phase, label } = armed.round;
  if (over === undefined) await logInAfresh(context, node);
  await takeBack(context, { node, phase, labels: [label], signal: context.signal });
  const report = { state: 'reverted', undone: [], failed: [] } as const;
  return { kind: 'taken-back', error: revertedError(armed.round, report, { cause: undefined, late: false }) };
}

/** Whoever has failed tells why; the others are undone with it, which needs no error of their own. */
async function endOf(
  context: RunContext,
  { armed, fault }: ArmedRound,
  { trial, refusals }: Reversal,
  settled: Settled,
): Promise<RoundEnd> {
  if (settled.kind === 'kept') return { fate: 'changed' };
  if (settled.kind === 'never') {
    if (fault) return { fate: fault.left, error: fault.error };
    return { fate: 'changed', error: refusals.get(armed.round.node) ?? guardGone(armed.round.node) };
  }
  const fate = takenBack(settled.error);
  const refusal = groupError(armed.round, { trial, refusals, reverted: settled.error });
  const end: RoundEnd = fault
    ? revertedEnd(armed, settled.error, fault)
    : { fate, ...(refusal !== undefined && { error: refusal }) };
  return wholeBack(context, armed.round, end);
}
