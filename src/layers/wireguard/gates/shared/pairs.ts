import type { Network } from '../../../../model/inventory.js';
import type { GateContext } from '../../../gate.js';
import { endpointFor } from '../../overlay/endpoint.js';
import { arePeers } from '../../overlay/peers.js';
import type { Endpoint } from '../../overlay/types.js';
import { addressesOf, isIpv6, networksOn, othersOf } from './members.js';

/** An ordered pair: `from` measures its way to `to`. */
export interface Pair {
  readonly network: Network;
  readonly from: string;
  readonly to: string;
}

/** An ordered pair in one family. */
export interface FamilyPair extends Pair {
  /** Overlay address of `to`. */
  readonly address: string;
  /** Overlay address of `from` in the same family. */
  readonly source: string;
}

export interface EndpointPair extends Pair {
  readonly endpoint: Endpoint;
}

/** The ordered pairs of a node with every other member, those included that are reached through a relay. */
export function pairsFrom(context: GateContext<unknown>, node: string): readonly Pair[] {
  return networksOn(context, node).flatMap((network) =>
    othersOf(network, node).map(({ node: to }) => ({ network, from: node, to })),
  );
}

/** The same pairs the other way round. */
export function pairsTo(context: GateContext<unknown>, node: string): readonly Pair[] {
  return pairsFrom(context, node).map(({ network, to }) => ({ network, from: to, to: node }));
}

/** Every ordered pair of members, network by network and in the order of the inventory. */
export function orderedPairs(context: GateContext<unknown>): readonly Pair[] {
  return context.networks.flatMap((network) =>
    network.members.flatMap(({ node }) => pairsFrom({ ...context, networks: [network] }, node)),
  );
}

/** A pair's ways, one for each address of `to` in a family that `from` has too. */
export function waysOf(pair: Pair): readonly FamilyPair[] {
  const from = addressesOf(pair.network, pair.from);
  return addressesOf(pair.network, pair.to).flatMap((address) => {
    const source = from.find((own) => isIpv6(own) === isIpv6(address));
    return source === undefined ? [] : [{ ...pair, address, source }];
  });
}

/** Those of a node's pairs in which the first has an endpoint for the second. */
export function withEndpoints(
  { inventory }: GateContext<unknown>,
  pairs: readonly Pair[],
): readonly EndpointPair[] {
  return pairs.flatMap((pair) => {
    const { network, from, to } = pair;
    const endpoint = arePeers(inventory, network, from, to)
      ? endpointFor(inventory, network, from, to)
      : undefined;
    return endpoint === undefined ? [] : [{ ...pair, endpoint }];
  });
}

/** The pairs that this run judges: those with both ends measured, and the others. */
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
