import type { Network } from '../../inventory/types.js';
import { peersOf } from '../../network/index.js';
import type { Endpoint } from '../../network/types.js';
import type { GateContext } from '../types.js';

/** An ordered pair: `from` measures its way to `to`. */
export interface Pair {
  readonly network: Network;
  readonly from: string;
  readonly to: string;
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

/** Splits pairs into those with both ends measured and the others. */
export function bothMeasured<T extends Pair>(
  context: GateContext<unknown>,
  pairs: readonly T[],
): { readonly inside: readonly T[]; readonly outside: readonly T[] } {
  const measured = new Set(context.measured);
  const inside = pairs.filter(({ from, to }) => measured.has(from) && measured.has(to));
  return { inside, outside: pairs.filter((pair) => !inside.includes(pair)) };
}

/** `; 3 pairs not measured: an end of theirs was left out`, or nothing. */
export function leftOut(pairs: readonly Pair[]): string {
  if (pairs.length === 0) return '';
  return `; ${pairs.length} more not measured, as one end was left out`;
}
