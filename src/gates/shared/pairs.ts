import type { Network } from '../../inventory/types.js';
import { peersOf } from '../../network/index.js';
import type { Endpoint } from '../../network/types.js';
import type { GateContext } from '../types.js';
import { addressesOf, isIpv6 } from './members.js';

/** An ordered pair: `from` measures its way to `to`. */
export interface Pair {
  readonly network: Network;
  readonly from: string;
  readonly to: string;
}

/** An ordered pair in one family. */
export interface Way extends Pair {
  /** Overlay address of `to`. */
  readonly address: string;
  /** Overlay address of `from` in the same family. */
  readonly source: string;
}

export interface EndpointPair extends Pair {
  readonly endpoint: Endpoint;
}

/** Every ordered pair of members, those included that are reached through a relay. */
export function orderedPairs(context: GateContext<unknown>): readonly Pair[] {
  return context.networks.flatMap((network) =>
    network.members.flatMap(({ node: from }) =>
      network.members.filter(({ node }) => node !== from).map(({ node: to }) => ({ network, from, to })),
    ),
  );
}

/** A pair's ways, one for each address of `to` in a family that `from` has too. */
export function waysOf(pair: Pair): readonly Way[] {
  const from = addressesOf(pair.network, pair.from);
  return addressesOf(pair.network, pair.to).flatMap((address) => {
    const source = from.find((own) => isIpv6(own) === isIpv6(address));
    return source === undefined ? [] : [{ ...pair, address, source }];
  });
}

/** Every ordered pair whose first node has an endpoint for the second. */
export function endpointPairs(context: GateContext<unknown>): readonly EndpointPair[] {
  return context.networks.flatMap((network) =>
    network.members.flatMap(({ node: from }) =>
      peersOf(context.inventory, network, from).flatMap(({ node: to, endpoint }) =>
        endpoint === undefined ? [] : [{ network, from, to, endpoint }],
      ),
    ),
  );
}

/** Of the pairs that are the run's to judge: those with both ends measured, and the others. */
export function bothMeasured<T extends Pair>(
  context: GateContext<unknown>,
  pairs: readonly T[],
): { readonly inside: readonly T[]; readonly outside: readonly T[] } {
  const measured = new Set(context.measured);
  const inside: T[] = [];
  const outside: T[] = [];
  for (const pair of pairs) {
    if (context.counts?.(pair.from, pair.to) === false) continue;
    (measured.has(pair.from) && measured.has(pair.to) ? inside : outside).push(pair);
  }
  return { inside, outside };
}

/** `; 3 pairs not measured: an end of theirs was left out`, or nothing. */
export function leftOut(pairs: readonly Pair[]): string {
  if (pairs.length === 0) return '';
  return `; ${pairs.length} more not measured, as one end was left out`;
}
