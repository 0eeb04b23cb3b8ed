import { BridgeheadError } from '../errors.js';
import type { Scope, Selected } from './scope.js';

/** Pairs named in an error. */
const TOLD_PAIRS = 5;

/**
 * A pair's preshared key is made by one run or not at all: found before the first change. Throws E_USAGE where a shard
 * would have to make one for a pair that it has only one end of.
 */
export function refuseTorn({ shard }: Selected, scope: Scope): void {
  const pairs = [...scope.torn];
  if (shard === undefined || pairs.length === 0) return;
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
