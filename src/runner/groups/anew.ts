import { BridgeheadError, messageOf } from '../../core/errors.js';
import type { Finding } from '../../layers/gate.js';
import type { RunContext } from '../context.js';
import type { GateWork } from '../plan/work.js';
import { keepLoggingIn } from './fresh-login.js';
import { undoFix } from './group-errors.js';
import { carriersNow } from './ways.js';

/** Why nodes could not be logged into again, by name. */
export type Refusals = ReadonlyMap<string, BridgeheadError>;

/** Logs into these nodes again if the run has changed anything since they were logged into last. */
export async function renewLogins(
  context: RunContext,
  names: readonly string[],
  seconds: number,
): Promise<Refusals> {
  const stale = names.filter((name) => context.logins.isStale(name));
  const until = performance.now() + seconds * 1000;
  const refusals = new Map<string, BridgeheadError>();
  await Promise.all(
    stale.map(async (name) => {
      try {
        await keepLoggingIn(context, name, { until });
      } catch (error) {
        if (context.signal.aborted || !(error instanceof BridgeheadError)) throw error;
        refusals.set(name, error);
      }
    }),
  );
  return refusals.size === 0 ? refusals : withWayOut(context, refusals);
}

/** Where a node is reached through one that was logged into, that one is what can be undone. */
async function withWayOut(context: RunContext, refusals: Refusals): Promise<Refusals> {
  const carriers = await carriersNow(context);
  return new Map(
    [...refusals].map(([name, error]) => {
      const hops = [...(carriers.get(name) ?? [])].filter(
        (hop) => !refusals.has(hop) && context.locks.held.includes(hop),
      );
      if (hops.length === 0) return [name, error];
      const details = { ...error.details, fix: undoFix(hops), cause: error };
      return [name, new BridgeheadError(error.code, error.message, details)];
    }),
  );
}

/** A gate that asks for a login is not GO if none was to be had. */
export function refusedFindings({ nodes, kind }: GateWork, refusals: Refusals): Finding[] {
  if (kind.anew !== true) return [];
  return nodes.flatMap(({ name }) => {
    const error = refusals.get(name);
    if (error === undefined) return [];
    const { fix } = error.details;
    const base = { go: false, node: name, expected: 'a new login after the change' };
    return [{ ...base, seen: messageOf(error), ...(fix === undefined ? {} : { fix }) }];
  });
}
