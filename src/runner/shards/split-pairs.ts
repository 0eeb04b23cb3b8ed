import { BridgeheadError } from '../../core/errors.js';
import type { RunContext } from '../context.js';
import { wantedSecrets } from '../plan/secrets.js';
import type { StepWork } from '../plan/work.js';

/** Pairs named in an error. */
const SHOWN = 5;

/**
 * A pair's preshared key is made by one run or not at all. Asked before a shard's first change: throws E_USAGE if one of
 * its steps wants a key for a pair that it has only one end of.
 */
export function refuseSplit(context: RunContext, works: readonly StepWork[]): void {
  const { split } = wantedSecrets(context, works);
  const pairs = [...new Set(split.map(({ nodes }) => [...nodes].sort().join(', ')))];
  if (pairs.length === 0) return;
  throw new BridgeheadError(
    'E_USAGE',
    `${pairs.length === 1 ? 'a pair of nodes' : `${pairs.length} pairs of nodes`} in different shards must be given a preshared key by one run`,
    {
      evidence: [...pairs.slice(0, SHOWN), ...(pairs.length > SHOWN ? ['…'] : [])].join('\n'),
      fix: 'apply once without --shard; from then on shards leave the preshared keys as they are',
    },
  );
}
