import { BridgeheadError, EXIT, messageOf } from '../../core/errors.js';
import type { GuardReport } from '../../guard/index.js';
import { sanitize } from '../../remote/sanitize.js';
import type { RunContext } from '../context.js';
import { emitReverted } from '../events/guard-events.js';
import type { Round } from './build-round.js';
import type { ArmedRound, RoundEnd } from './run-round.js';
import type { SettleRequest } from './settle-guard.js';

const SHOWN = 5;
const CLOCKS_APART_MS = 2000;
const FIX_FAILED = 'log in and fix what the lines above report';
const fixCut = (again: string): string =>
  `find out what in this phase cuts SSH (\`bridgehead plan\` shows its changes), fix it, then run ${again}`;
const FIX_LATE =
  'the phase takes longer than its guard waits: raise --guard-seconds, or do the long part in an earlier phase';

interface Concluded {
  readonly intent: SettleRequest['intent'];
  readonly report: GuardReport;
  /** When its end was begun with, by `performance.now()`. */
  readonly started: number;
  /** What went wrong before, if anything did. */
  readonly cause?: unknown;
}

/** How a guarded round has ended, which it emits; undefined if it never was guarded: what failed, failed before. */
export function concludeRound(
  context: RunContext,
  armed: ArmedRound,
  { intent, report, started, cause }: Concluded,
): (RoundEnd & { readonly error?: BridgeheadError }) | undefined {
  const { node, phase } = armed.round;
  if (report.state === 'none') return undefined;
  context.armedNodes.delete(node);
  if (report.state === 'confirmed') {
    const ms = Math.round(performance.now() - started);
    context.emit({ type: 'guard-confirmed', phase, node, ms });
    context.bootNotes.take(node, report);
    return { fate: 'changed' };
  }
  const by = intent === 'confirm' || isLate(armed) ? 'node' : 'run';
  emitReverted(context, { node, phase, by, report });
  const late = isLate(armed) && armed.fault?.answered === true;
  const error = revertedError(armed.round, report, { cause, late });
  return { fate: report.state === 'reverted' ? 'reverted' : 'unknown', error };
}

interface Why {
  readonly cause?: unknown;
  /** The changes were still being made when the time of the guard was up. */
  readonly late?: boolean;
}

/** The error when a node, or this run, has reverted a round. */
export function revertedError(
  { node, label, again }: Round,
  report: Pick<GuardReport, 'state' | 'failed'>,
  { cause, late }: Why = {},
): BridgeheadError {
  const isFailed = report.state === 'revert-failed';
  const why = cause === undefined ? `no new login to ${node} worked` : messageOf(cause);
  const left = report.failed.slice(0, SHOWN).map((item) => `NOT reverted: ${sanitize(item, 200)}`);
  return new BridgeheadError(
    isFailed ? 'E_REVERT_FAILED' : 'E_REVERTED',
    isFailed
      ? `${label} was reverted on ${node}, but not completely`
      : `${label} was reverted on ${node}: a new login works again`,
    {
      node,
      evidence: [why, ...left].join('\n'),
      fix: isFailed ? FIX_FAILED : late ? FIX_LATE : fixCut(again),
      cause,
    },
  );
}

/** Whether the guard's own time was up, as far as can be known from here: the node's clock began a little earlier. */
function isLate({ deadline }: ArmedRound): boolean {
  return performance.now() > deadline - CLOCKS_APART_MS;
}

/**
 * How a round ended that failed and was reverted.
 *
 * @param reverted How the revert ended.
 * @param refusal Why it could not be kept although it may have been made, if its answer was lost.
 */
export function failedEnd(armed: ArmedRound, reverted: RoundEnd, refusal?: unknown): RoundEnd {
  const { fate, error: revert } = reverted;
  const { error, answered } = armed.fault ?? {};
  if (fate === 'reverted' && refusal instanceof BridgeheadError && refusal.code === 'E_REVERTED') {
    return { fate, error: refusal };
  }
  // A step that failed and was reverted in time has failed for its own reasons, not for the guard's.
  const stepFailed = error instanceof BridgeheadError && error.exitCode === EXIT.stepFailed;
  if ((answered || stepFailed) && fate === 'reverted' && !isLate(armed)) return { fate, error };
  const { phase, step } = error instanceof BridgeheadError ? error.details : {};
  return { fate, error: revert instanceof BridgeheadError ? revert.at({ phase, step }) : revert };
}
