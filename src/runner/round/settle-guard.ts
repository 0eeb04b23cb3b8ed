import { BridgeheadError } from '../../core/errors.js';
import type { GuardReport } from '../../guard/index.js';
import { execute } from '../../remote/execute.js';
import type { Fragment } from '../../remote/program.js';
import { sanitize } from '../../remote/sanitize.js';
import type { Connection } from '../../remote/transport.js';
import { connectionOf, type RunContext } from '../context.js';
import { tellReverted } from '../events/tell-guard.js';
import { connectFresh, logInAfresh, replaceConnection } from '../groups/fresh-login.js';
import type { Round } from './build-round.js';

const REPLY_MS = 30_000;
/** A revert waits for its own end, 120 s at most. */
const REVERT_MS = 140_000;
/** After an interruption: long enough for a revert, short enough for people. */
export const LAST_WORD_MS = 15_000;
const SHOWN = 5;
const CLOCKS_APART_MS = 2000;

/** A round whose guard is armed, or may be: the reply that would tell was lost. */
export interface Armed {
  readonly round: Round;
  /** By `performance.now()`: when the node undoes the round by itself. */
  readonly deadline: number;
}

/** What is wanted of a node whose guard is armed. */
export type Intent =
  /** All went well: keep it. */
  | { readonly kind: 'confirm' }
  /** Something failed: put it back, over the connection that is there. */
  | { readonly kind: 'revert' }
  /** The connection broke: see over a new one whether all is as wanted, which keeps it, or put it back. */
  | {
      readonly kind: 'look';
      readonly isDone: (connection: Connection) => Promise<boolean>;
      /** Proves what the next boot will find; rejects with E_REVERTED where that must not stay. */
      readonly prove: (connection: Connection) => Promise<void>;
    };

const FINAL: readonly GuardReport['state'][] = ['confirmed', 'reverted', 'revert-failed'];

async function ask(
  context: RunContext,
  { node }: Round,
  connection: Connection,
  fragment: Fragment,
  options: { readonly deadlineMs: number; readonly signal?: AbortSignal },
): Promise<GuardReport> {
  const replies = await execute(connection, [fragment], { node, ...options });
  const reply = replies.get(fragment.id);
  if (reply === undefined) throw new BridgeheadError('E_REMOTE_GARBLED', `${node} gave no answer`, { node });
  try {
    return context.nodeGuard.parseGuard(reply);
  } catch (error) {
    throw new BridgeheadError('E_REMOTE_GARBLED', `${node} can't tell how its guard stands`, {
      node,
      evidence: sanitize(error instanceof Error ? error.message : String(error), 500),
      cause: error,
    });
  }
}

const isOf = ({ label }: Round, { phase }: GuardReport): boolean => phase === label;

/** How the guard of a node stands, asked over this connection. */
export function stateOf(context: RunContext, { round }: Armed, connection: Connection): Promise<GuardReport> {
  const options = { deadlineMs: REPLY_MS, signal: context.signal };
  return ask(context, round, connection, context.nodeGuard.stateFragment(context.run), options);
}

/** Has a round reverted over a connection that may not live; undefined where it did not come to its end in a short time. */
export async function revertOnce(
  context: RunContext,
  { round }: Armed,
  connection: Connection,
): Promise<GuardReport | undefined> {
  const options = { deadlineMs: LAST_WORD_MS, signal: context.signal };
  const report = await ask(
    context,
    round,
    connection,
    context.nodeGuard.revertNowFragment(context.run),
    options,
  );
  const isOver = FINAL.includes(report.state) && isOf(round, report);
  return isOver ? report : undefined;
}

/** One attempt to bring about what is intended; answers the state that the node then tells. */
async function attempt(
  context: RunContext,
  { round }: Armed,
  intent: Intent,
  connection: Connection,
): Promise<GuardReport> {
  const { confirmFragment, revertNowFragment, stateFragment } = context.nodeGuard;
  const { run, signal } = context;
  const options = { deadlineMs: REPLY_MS, signal };
  const confirm = () =>
    ask(context, round, connection, confirmFragment({ run, phase: round.label }), options);
  const revert = () =>
    ask(context, round, connection, revertNowFragment(run), { deadlineMs: REVERT_MS, signal });
  if (intent.kind === 'confirm') return confirm();
  if (intent.kind === 'revert') return revert();
  const report = await ask(context, round, connection, stateFragment(run), options);
  if (report.state !== 'armed' || !isOf(round, report)) return report;
  if (!(await intent.isDone(connection))) return revert();
  if (report.proven) return confirm();
  try {
    await intent.prove(connection);
  } catch (error) {
    if (error instanceof BridgeheadError && error.code === 'E_REVERTED') return revert();
    throw error;
  }
  // Only a login that comes after the proof confirms: it is the one that goes through what was brought live.
  return report;
}

/** What went wrong, with what was seen. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const evidence = error instanceof BridgeheadError ? error.details.evidence : undefined;
  return evidence === undefined || evidence === '' ? error.message : `${error.message}\n${evidence}`;
}

/**
 * Brings a guarded round to its end and answers how the node then stands: `confirmed`, `reverted`, `revert-failed`, or
 * `none` where no guard was ever armed. Asks over new logins until the node has answered; it undoes the round by itself
 * when its time is up. Rejects with E_GUARD_UNKNOWN when it doesn't answer after that either.
 *
 * @param over The connection that is tried first.
 */
export async function settle(
  context: RunContext,
  armed: Armed,
  intent: Intent,
  over?: Connection,
): Promise<GuardReport> {
  const { round, deadline } = armed;
  const { node } = round;
  const giveUp = deadline + context.patience.revert * 1000;
  let waiting = false;
  let connection = over;
  for (;;) {
    const began = performance.now();
    let reason: unknown = 'its guard has not ended yet';
    try {
      connection ??= await connectFresh(context, node);
      const report = await attempt(context, armed, intent, connection);
      const final = report.state === 'none' || (FINAL.includes(report.state) && isOf(round, report));
      // An older phase's end says that this round was never armed.
      const never = FINAL.includes(report.state) && !isOf(round, report);
      if (final || never) {
        if (connection !== context.connections.get(node)) {
          replaceConnection(context, node, { connection, began });
        }
        return never ? { state: 'none', undone: [], failed: [] } : report;
      }
    } catch (error) {
      if (context.signal.aborted || !(error instanceof BridgeheadError)) throw error;
      reason = error;
    }
    if (connection !== undefined && connection !== context.connections.get(node)) await connection.close();
    connection = undefined;
    const now = performance.now();
    if (now > giveUp) throw unknown(round, reason);
    if (!waiting) {
      waiting = true;
      context.emit({
        type: 'guard-waiting',
        phase: round.phase,
        node,
        seconds: Math.max(0, Math.ceil((deadline - now) / 1000)),
        reason: messageOf(reason),
      });
    }
    await context.pause(context.patience.retry * 1000);
  }
}

function unknown({ node, label }: Round, reason: unknown): BridgeheadError {
  return new BridgeheadError('E_GUARD_UNKNOWN', `${node} has not answered since ${label} was changed there`, {
    node,
    evidence: messageOf(reason),
    fix: `its guard was to undo the change by itself: look at the node's console, or run again, which tells what became of it`,
    cause: reason,
  });
}

/** Whether the guard's own time was up, as far as can be told from here: the node's clock began a little earlier. */
export function isLate({ deadline }: Armed): boolean {
  return performance.now() > deadline - CLOCKS_APART_MS;
}

interface Why {
  readonly cause: unknown;
  /** The changes were still being made when the time of the guard was up. */
  readonly late: boolean;
}

const FIX_CUT =
  'find out what in this phase cuts SSH (`bridgehead plan` shows its changes), mend it, then bridgehead apply --resume';
const FIX_LATE =
  'the phase takes longer than its guard waits: raise --guard-seconds, or do the long part in an earlier phase';

/** What is told as failed when a node, or this run, took a round back. */
export function revertedError(
  { node, label }: Round,
  report: GuardReport,
  { cause, late }: Why,
): BridgeheadError {
  const failed = report.state === 'revert-failed';
  const why = cause === undefined ? `no new login to ${node} worked` : messageOf(cause);
  return new BridgeheadError(
    failed ? 'E_REVERT_FAILED' : 'E_REVERTED',
    failed
      ? `${label} was taken back on ${node}, but not all of it`
      : `${label} was taken back on ${node}: a new login works again`,
    {
      node,
      evidence: [
        why,
        ...report.failed.slice(0, SHOWN).map((item) => `NOT undone: ${sanitize(item, 200)}`),
      ].join('\n'),
      fix: failed ? 'log in and put right what the lines above say' : late ? FIX_LATE : FIX_CUT,
      cause,
    },
  );
}

/** How a guarded round ended. */
export type Settled =
  | { readonly kind: 'kept' }
  /** Nothing was ever guarded: what failed, failed before. */
  | { readonly kind: 'never' }
  | { readonly kind: 'taken-back'; readonly error: BridgeheadError };

/** Brings a guarded round to its end and tells it. `cause` is what went wrong before, if anything did. */
export async function settleRound(
  context: RunContext,
  armed: Armed,
  intent: Intent,
  cause?: unknown,
): Promise<Settled> {
  const started = performance.now();
  const over = intent.kind === 'revert' ? connectionOf(context, armed.round.node) : undefined;
  const report = await settle(context, armed, intent, over);
  return conclude(context, armed, intent, { report, started, cause });
}

interface Concluded {
  readonly report: GuardReport;
  /** When its end was begun with, by `performance.now()`. */
  readonly started: number;
  readonly cause: unknown;
}

/** Tells how a guarded round has ended. */
export function conclude(
  context: RunContext,
  armed: Armed,
  intent: Intent,
  { report, started, cause }: Concluded,
): Settled {
  const { round } = armed;
  const { phase } = round;
  if (report.state === 'none') return { kind: 'never' };
  context.armedNodes.delete(round.node);
  if (report.state === 'confirmed') {
    const ms = Math.round(performance.now() - started);
    context.emit({ type: 'guard-confirmed', phase, node: round.node, ms });
    context.bootNotes.take(round.node, report);
    return { kind: 'kept' };
  }
  const late = isLate(armed);
  const by = intent.kind === 'confirm' || late ? 'node' : 'run';
  tellReverted(context, { node: round.node, phase, by, report });
  return {
    kind: 'taken-back',
    error: revertedError(round, report, { cause, late: late && intent.kind === 'revert' }),
  };
}

/** After an interruption: takes the round back at once; false leaves it to the node's guard, where it couldn't. */
export async function takeBackQuickly(context: RunContext, { round }: Armed): Promise<boolean> {
  const { node } = round;
  const signal = AbortSignal.timeout(LAST_WORD_MS);
  const over = async (connection: Connection): Promise<GuardReport> =>
    ask(context, round, connection, context.nodeGuard.revertNowFragment(context.run), {
      deadlineMs: LAST_WORD_MS,
      signal,
    });
  const report = await over(connectionOf(context, node))
    .catch(async () => over(await logInAfresh({ ...context, signal }, node)))
    // Not reached in time: it stays armed, is told as such, and undoes the round by itself.
    .catch(() => undefined);
  if (report === undefined || report.state === 'armed' || report.state === 'firing') return false;
  context.armedNodes.delete(node);
  const isReverted = report.state === 'reverted' || report.state === 'revert-failed';
  if (isReverted && isOf(round, report)) {
    tellReverted(context, { node, phase: round.phase, by: 'run', report });
  }
  return report.state !== 'confirmed' || !isOf(round, report);
}
