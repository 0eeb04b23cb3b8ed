import { BridgeheadError } from '../../core/errors.js';
import type { Connection } from '../../remote/transport.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import { concludeRound, failedEnd, revertedError } from '../round/conclude.js';
import { GuardState, isOver, REVERT_MS } from '../round/guard-state.js';
import { LAST_WORD_MS, revertUnguarded } from '../round/revert-quickly.js';
import type { ArmedRound, RoundEnd } from '../round/run-round.js';
import { settle } from '../round/settle-guard.js';
import { revertRounds } from '../undo/revert-phase.js';
import { logInAfresh } from './fresh-login.js';
import { inLevels } from './group.js';
import { groupError, guardGone, withWayOut } from './group-errors.js';
import type { Trial } from './prove.js';

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
  const answers = (node: string): boolean => {
    const isDoubtful = refusals.has(node) || trial.armed.get(node)?.fault?.answered === false;
    return !isDoubtful || !context.logins.isStale(node);
  };
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
    const end =
      ends.get(node)?.fate === 'changed'
        ? endOf(one, reversal, await undoConfirmed(context, one, over))
        : await revertArmed(context, one, reversal, over);
    if (end !== undefined) ends.set(node, end);
  } catch (error) {
    if (context.signal.aborted) throw error;
    if (!(error instanceof BridgeheadError || error instanceof NodeErrors)) bugs.push(error);
    if (over !== undefined) return;
    const isUndo = error instanceof BridgeheadError && error.code === 'E_UNDO';
    ends.set(node, isUndo ? { fate: 'changed', error } : { fate: 'unknown', error });
  }
}

/** Undefined if it was not over in a short time. */
async function revertArmed(
  context: RunContext,
  armed: ArmedRound,
  reversal: Reversal,
  over: Connection | undefined,
): Promise<RoundEnd | undefined> {
  const { refusals, trial } = reversal;
  const { round, fault } = armed;
  const intent = 'revert' as const;
  const started = performance.now();
  const isReported = refusals.has(round.node);
  // A lone node keeps nobody waiting.
  const deadlineMs = trial.armed.size === 1 ? REVERT_MS : LAST_WORD_MS;
  const report =
    over === undefined
      ? await settle(context, armed, { intent, isReported })
      : await new GuardState(context, round, over).revert(deadlineMs);
  if (over !== undefined && !isOver(round, report)) return undefined;
  const cause = fault?.error ?? refusals.get(round.node);
  const end = concludeRound(context, armed, { intent, report, started, cause });
  return revertUnguarded(context, round, endOf(armed, reversal, end));
}

/** What was confirmed before another one could not be: undone from the node's own snapshot. */
async function undoConfirmed(
  context: RunContext,
  { round }: ArmedRound,
  over: Connection | undefined,
): Promise<RoundEnd & { readonly error: BridgeheadError }> {
  const { node, phase, label } = round;
  if (over === undefined) await logInAfresh(context, node);
  await revertRounds(context, { node, phase, labels: [label] });
  return { fate: 'reverted', error: revertedError(round, { state: 'reverted', failed: [] }) };
}

/** The error of the one that failed says why; the others are reverted with it, which needs no error of their own. */
function endOf(
  armed: ArmedRound,
  { trial, refusals }: Reversal,
  end: ReturnType<typeof concludeRound>,
): RoundEnd {
  const { round, fault } = armed;
  const refusal = refusals.get(round.node);
  if (end === undefined) {
    if (fault) return { fate: fault.left, error: fault.error };
    return { fate: 'changed', error: refusal ?? guardGone(round.node) };
  }
  if (end.error === undefined) return end;
  if (fault) return failedEnd(armed, end, refusal);
  const error = groupError(round, { trial, refusals, reverted: end.error });
  return { fate: end.fate, ...(error !== undefined && { error }) };
}
