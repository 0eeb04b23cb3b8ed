import { BridgeheadError } from '../../core/errors.js';
import { connectionOf, type RunContext } from '../context.js';
import { GuardState } from '../round/guard-state.js';
import type { ArmedRound } from '../round/run-round.js';
import { emitWaiting } from '../round/settle-guard.js';
import { isMade, prove } from '../round/verify.js';
import type { Carriers } from './carriers.js';
import { keepLoggingIn } from './fresh-login.js';

const LONGEST_MARGIN_MS = 10_000;

/** Rounds whose guards are armed, by node, and the nodes that must be reached again before any of them is confirmed. */
export interface Trial {
  readonly armed: ReadonlyMap<string, ArmedRound>;
  /** Nodes without an armed guard that are reached through one that has. */
  readonly passengers: readonly string[];
  readonly carriers: Carriers;
}

/** Until when a login may prove anything: early enough for all to be confirmed, or reverted, before the first guard fires. */
function lastMoment({ guard }: RunContext, { armed, passengers }: Trial): number {
  const first = Math.min(...[...armed.values()].map(({ deadline }) => deadline));
  const isAlone = armed.size + passengers.length === 1;
  return isAlone ? first : first - Math.min(LONGEST_MARGIN_MS, (guard.seconds * 1000) / 4);
}

/** Logs into all of them again, at once; answers why it did not work, by node: nothing if all could be reached. */
export async function proveAll(context: RunContext, trial: Trial): Promise<ReadonlyMap<string, unknown>> {
  const until = lastMoment(context, trial);
  const names = [...trial.armed.keys(), ...trial.passengers];
  const refusals = new Map<string, unknown>();
  await Promise.all(
    names.map(async (node) => {
      const waiting = (reason: unknown) => emitWaitingFor(context, trial, node, reason);
      try {
        await keepLoggingIn(context, node, { until, waiting });
        const armed = trial.armed.get(node);
        if (armed?.fault) await proveMade(context, armed, { lost: armed.fault.error, until });
      } catch (error) {
        if (context.signal.aborted || !(error instanceof BridgeheadError)) throw error;
        refusals.set(node, error);
      }
    }),
  );
  return refusals;
}

/**
 * The connection broke in the middle: throws unless all was made nevertheless, and still waits for its confirmation.
 * Where the next boot was not proven yet, the login that counts is one that comes after that.
 */
async function proveMade(
  context: RunContext,
  { round }: ArmedRound,
  { lost, until }: { readonly lost: unknown; readonly until: number },
): Promise<void> {
  const connection = connectionOf(context, round.node);
  const { state, phase, proven } = await new GuardState(context, round, connection).read();
  if (state !== 'armed' || phase !== round.label || !(await isMade(context, round, connection))) throw lost;
  if (proven) return;
  await prove(context, round, connection);
  await keepLoggingIn(context, round.node, { until });
}

/** A node without an armed guard keeps those waiting through which it is reached. */
function emitWaitingFor(
  context: RunContext,
  { armed, carriers }: Trial,
  node: string,
  reason: unknown,
): void {
  const own = armed.get(node);
  const through = [...armed].filter(([name]) => carriers.get(node)?.has(name)).map(([, one]) => one);
  for (const one of own ? [own] : through) emitWaiting(context, one, reason);
}
