import { BridgeheadError, messageOf } from '../../core/errors.js';
import type { GuardReport } from '../../guard/index.js';
import type { Connection } from '../../remote/transport.js';
import type { RunContext } from '../context.js';
import { connectFresh, replaceConnection } from '../groups/fresh-login.js';
import type { Round } from './build-round.js';
import { GuardState, isOver, wasNeverArmed } from './guard-state.js';
import type { ArmedRound } from './run-round.js';

export interface SettleRequest {
  readonly intent: 'confirm' | 'revert';
  /** The connection that is tried first. */
  readonly over?: Connection | undefined;
  /** Whether it was reported already that the node is waited for. */
  readonly isReported?: boolean;
}

/**
 * Brings a guarded round to its end and returns the node's state: `confirmed`, `reverted`, `revert-failed`, or
 * `none` if no guard was ever armed. Asks over new logins until the node has answered; it reverts the round by itself
 * when its time is up. Rejects with E_GUARD_UNKNOWN when it doesn't answer after that either.
 */
export async function settle(
  context: RunContext,
  { round, deadline }: ArmedRound,
  { intent, over, isReported = false }: SettleRequest,
): Promise<GuardReport> {
  const { node } = round;
  const giveUp = deadline + context.patience.revert * 1000;
  let waiting = isReported;
  let connection = over;
  for (;;) {
    const began = performance.now();
    let reason: unknown = 'its guard has not ended yet';
    try {
      connection ??= await connectFresh(context, node);
      const guard = new GuardState(context, round, connection);
      const report = await guard[intent]();
      const never = wasNeverArmed(round, report);
      if (never || isOver(round, report)) {
        if (connection !== context.connections.get(node)) {
          replaceConnection(context, node, { connection, began });
        }
        return never ? { state: 'none', reverted: [], failed: [] } : report;
      }
    } catch (error) {
      if (context.signal.aborted || !(error instanceof BridgeheadError)) throw error;
      reason = error;
    }
    if (connection !== undefined && connection !== context.connections.get(node)) await connection.close();
    connection = undefined;
    if (performance.now() > giveUp) throw unknown(round, reason);
    if (!waiting) emitWaiting(context, { round, deadline }, reason);
    waiting = true;
    await context.pause(context.patience.retry * 1000);
  }
}

/** Says that a node can't be reached, and how long it waits before it reverts the round by itself. */
export function emitWaiting(
  { emit }: Pick<RunContext, 'emit'>,
  { round: { phase, node }, deadline }: ArmedRound,
  reason: unknown,
): void {
  const seconds = Math.max(0, Math.ceil((deadline - performance.now()) / 1000));
  emit({ type: 'guard-waiting', phase, node, seconds, reason: messageOf(reason) });
}

function unknown({ node, label }: Round, reason: unknown): BridgeheadError {
  return new BridgeheadError('E_GUARD_UNKNOWN', `${node} has not answered since ${label} was applied there`, {
    node,
    evidence: messageOf(reason),
    fix: `its guard should have reverted the change: look at the node's console, or run again to see what became of it`,
    cause: reason,
  });
}
