import { BridgeheadError } from '../../core/errors.js';
import type { RunContext } from '../context.js';
import type { Begun } from '../round/run-round.js';
import { type Armed, messageOf, stateOf } from '../round/settle-guard.js';
import type { Carriers } from './carriers.js';
import { keepLoggingIn } from './fresh-login.js';

const LONGEST_MARGIN_MS = 10_000;

export type ArmedRound = Extract<Begun, { kind: 'armed' }>;

/** Rounds whose guards are armed, by node, and the nodes that must be reached again before any of them is confirmed. */
export interface Trial {
  readonly armed: ReadonlyMap<string, ArmedRound>;
  /** Nodes without an armed guard that are reached through one that has. */
  readonly passengers: readonly string[];
  readonly carriers: Carriers;
}

/** Until when a login may prove anything: early enough for all to be confirmed, or reverted, before the first guard fires. */
function lastMoment({ guard }: RunContext, { armed }: Trial): number {
  const first = Math.min(...[...armed.values()].map((one) => one.armed.deadline));
  return first - Math.min(LONGEST_MARGIN_MS, (guard.seconds * 1000) / 4);
}

/** Logs into all of them anew, at once; answers why it did not work, by node: nothing where all could be reached. */
export async function proveAll(context: RunContext, trial: Trial): Promise<ReadonlyMap<string, unknown>> {
  const until = lastMoment(context, trial);
  const names = [...trial.armed.keys(), ...trial.passengers];
  const refusals = new Map<string, unknown>();
  await Promise.all(
    names.map(async (node) => {
      try {
        const waiting = (reason: unknown) => tellWaiting(context, trial, node, reason);
        await keepLoggingIn(context, node, { until, waiting });
        const round = trial.armed.get(node);
        if (round?.fault) await proveMade(context, round, { lost: round.fault.error, until });
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
  { armed, isDone, prove }: ArmedRound,
  { lost, until }: { readonly lost: unknown; readonly until: number },
): Promise<void> {
  const connection = context.connections.get(armed.round.node);
  if (connection === undefined) throw lost;
  const { state, phase, proven } = await stateOf(context, armed, connection);
  if (state !== 'armed' || phase !== armed.round.label || !(await isDone(connection))) throw lost;
  if (proven) return;
  await prove(connection);
  await keepLoggingIn(context, armed.round.node, { until });
}

/** A node without an armed guard keeps those waiting through which it is reached. */
function tellWaiting(context: RunContext, { armed, carriers }: Trial, node: string, reason: unknown): void {
  const own = armed.get(node);
  const through = [...armed].filter(([name]) => carriers.get(node)?.has(name)).map(([, one]) => one);
  for (const one of own ? [own] : through) {
    const { round, deadline } = one.armed;
    context.emit({
      type: 'guard-waiting',
      phase: round.phase,
      node: round.node,
      seconds: secondsLeft(deadline),
      reason: messageOf(reason),
    });
  }
}

const secondsLeft = (deadline: Armed['deadline']): number =>
  Math.max(0, Math.ceil((deadline - performance.now()) / 1000));
