import { BridgeheadError } from '../../core/errors.js';
import type { Scope } from '../plan/scope.js';

/** Pairs named in an error. */
const TOLD_PAIRS = 5;

/**
 * A pair's preshared key is made by one run or not at all. Asked once a shard has planned, before its first change:
 * throws E_USAGE where it would have to make one for a pair that it has only one end of.
 */
export function refuseTorn(scope: Scope): void {
  const pairs = [...scope.torn];
  if (pairs.length === 0) return;
  const told = pairs.slice(0, TOLD_PAIRS);
  throw new BridgeheadError(
    'E_USAGE',
    `${pairs.length === 1 ? 'a pair of nodes' : `${pairs.length} pairs of nodes`} in different shards must be given a preshared key by one run`,
    {
      evidence: [...told, ...(pairs.length > told.length ? ['…'] : [])].join('\n'),
      fix: 'apply once without --shard; from then on shards leave the preshared keys as they are',
    },
  );
}
