import { BridgeheadError, messageOf } from '../../core/errors.js';
import type { Round } from '../round/build-round.js';
import type { RoundEnd } from '../round/run-round.js';
import type { Carriers } from './carriers.js';
import type { Trial } from './prove.js';

const fixCut = (again: string): string =>
  `find out what in this phase cuts it off (\`bridgehead plan\` shows the changes), fix it, then run ${again}`;

export interface GroupFailure {
  readonly trial: Trial;
  readonly refusals: ReadonlyMap<string, unknown>;
  /** The error about the node's own revert. */
  readonly reverted: BridgeheadError;
}

/** The error of a node whose round was reverted with its group; nothing if another node's error says why. */
export function groupError(
  { node, label, again }: Round,
  { trial, refusals, reverted }: GroupFailure,
): BridgeheadError | undefined {
  if (reverted.code !== 'E_REVERTED' || refusals.has(node)) return reverted;
  const behind = trial.passengers.filter((name) => refusals.has(name) && trial.carriers.get(name)?.has(node));
  const [first] = behind;
  if (first === undefined) return undefined;
  return new BridgeheadError(
    'E_REVERTED',
    `${label} was reverted on ${node}: no new login to ${behind.join(', ')} worked through it`,
    { node, evidence: messageOf(refusals.get(first)), fix: fixCut(again), cause: refusals.get(first) },
  );
}

/** Nobody has reverted what was made there, and nobody will. */
export function guardGone(node: string): BridgeheadError {
  return new BridgeheadError('E_GUARD_UNKNOWN', `the guard of ${node} is gone`, {
    node,
    fix: '/var/lib/bridgehead was removed there: check the node, then run again',
  });
}

/** The command that brings nodes back into reach: it never touches those that can't be reached. */
export const undoFix = (hops: readonly string[]): string =>
  `it is reached through ${hops.join(', ')}: undo the last run there with \`bridgehead undo --only ${hops.join(',')}\``;

/** A node that doesn't answer may be reached again once those are undone through which it is reached. */
export function withWayOut(
  end: RoundEnd,
  node: string,
  carriers: Carriers,
  ends: ReadonlyMap<string, RoundEnd>,
): RoundEnd {
  const { error } = end;
  if (!(error instanceof BridgeheadError) || error.code !== 'E_GUARD_UNKNOWN') return end;
  const hops = [...(carriers.get(node) ?? [])].filter((name) => {
    const fate = ends.get(name)?.fate;
    return fate === 'changed' || fate === 'unknown';
  });
  if (hops.length === 0) return end;
  const details = { ...error.details, fix: undoFix(hops), cause: error };
  return { ...end, error: new BridgeheadError(error.code, error.message, details) };
}
