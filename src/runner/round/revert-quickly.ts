import type { RunContext } from '../context.js';
import { connectionOf } from '../context.js';
import { emitReverted } from '../events/guard-events.js';
import { toReportedError } from '../events/report.js';
import { logInAfresh } from '../groups/fresh-login.js';
import { revertRounds } from '../undo/revert-phase.js';
import type { Round } from './build-round.js';
import { GuardState } from './guard-state.js';
import type { ArmedRound, RoundEnd } from './run-round.js';

/** After an interruption: long enough for a revert, short enough for people. */
export const LAST_WORD_MS = 15_000;

/** After an interruption: reverts the round at once; false leaves it to the node's guard, if that didn't work. */
export async function revertQuickly(run: RunContext, { round }: ArmedRound): Promise<boolean> {
  const { node, phase, label } = round;
  const context = { ...run, signal: AbortSignal.timeout(LAST_WORD_MS) };
  const report = await new GuardState(context, round, connectionOf(context, node))
    .revert(LAST_WORD_MS)
    .catch(async () => new GuardState(context, round, await logInAfresh(context, node)).revert(LAST_WORD_MS))
    // Not reached in time: it stays armed, is reported so, and reverts the round by itself.
    .catch(() => undefined);
  if (report === undefined || report.state === 'armed' || report.state === 'firing') return false;
  context.armedNodes.delete(node);
  const isOwn = report.phase === label;
  const isReverted = report.state === 'reverted' || report.state === 'revert-failed';
  if (isReverted && isOwn) emitReverted(context, { node, phase, by: 'run', report });
  return report.state !== 'confirmed' || !isOwn;
}

/** No guard reverts what came before the first guarded change; on a node that was reverted it is reverted here. */
export async function revertUnguarded(context: RunContext, round: Round, end: RoundEnd): Promise<RoundEnd> {
  if (end.fate !== 'reverted' || round.snapshot === undefined) return end;
  const { node, phase, label } = round;
  const signal = context.signal.aborted ? AbortSignal.timeout(LAST_WORD_MS) : context.signal;
  try {
    await revertRounds({ ...context, signal }, { node, phase, labels: [label] });
    return end;
  } catch (error) {
    context.emit({ type: 'node-failed', node, error: toReportedError(error, { node, phase }) });
    return { ...end, fate: 'changed' };
  }
}
