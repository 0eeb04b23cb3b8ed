import type { Inventory, Member, Network } from '../inventory/types.js';
import { hostRoute } from './address.js';
import { memberOf } from './atlas.js';
import { endpointFor, isHidden, sameSite } from './endpoint.js';
import type { Pair, Peer } from './types.js';

/**
 * The `[Peer]` blocks of one member, in the order of the inventory. A pair that can't meet has no block for each other:
 * its addresses stand in the relay's block on both sides, or nowhere when there is no relay, which a lint refuses.
 */
export function peersOf(inventory: Inventory, network: Network, node: string): Peer[] {
  memberOf(network, node);
  const relayed: Member[] = [];
  const direct: Member[] = [];
  for (const member of network.members) {
    if (member.node === node) continue;
    (canMeet(inventory, network, node, member.node) ? direct : relayed).push(member);
  }
  return direct.map((member) =>
    peer(inventory, network, node, member, member.node === network.relay ? relayed : []),
  );
}

/** Whether at least one of two members can call the other. */
export function canMeet(inventory: Inventory, network: Network, a: string, b: string): boolean {
  return (
    endpointFor(inventory, network, a, b) !== undefined || endpointFor(inventory, network, b, a) !== undefined
  );
}

function peer(
  inventory: Inventory,
  network: Network,
  from: string,
  to: Member,
  relayed: readonly Member[],
): Peer {
  const endpoint = endpointFor(inventory, network, from, to.node);
  const calledBack = endpointFor(inventory, network, to.node, from) !== undefined;
  const neighbours = sameSite(inventory, from, to.node);
  const hidden = isHidden(inventory, to.node);
  const keepsAlive =
    !neighbours && isHidden(inventory, from) && endpoint !== undefined && (!hidden || !calledBack);
  return {
    node: to.node,
    addresses: to.addresses,
    allowedIps: [to, ...relayed].flatMap(({ addresses }) => addresses).map(hostRoute),
    ...(endpoint && { endpoint }),
    ...(keepsAlive && { keepalive: network.keepalive }),
    roams: hidden && !neighbours,
    ...(relayed.length > 0 && { relays: relayed.map(({ node }) => node) }),
  };
}

/** CIDRs that a member's interface must route, as its peers' AllowedIPs ask. */
export function routesOf(inventory: Inventory, network: Network, node: string): string[] {
  return peersOf(inventory, network, node).flatMap(({ allowedIps }) => allowedIps);
}

/** Every ordered pair of members. */
export function allPairs(network: Network): Pair[] {
  const names = network.members.map(({ node }) => node);
  return names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to })));
}

/** The ordered pairs that have a tunnel of their own; the rest go through the relay. */
export function directPairs(inventory: Inventory, network: Network): Pair[] {
  return allPairs(network).filter(({ from, to }) => canMeet(inventory, network, from, to));
}

/** Whether a node passes packets on between other members, in one network or (undefined) in any: it is their relay. */
export function forwardsPackets(inventory: Inventory, network: Network | undefined, node: string): boolean {
  const networks = network ? [network] : inventory.networks;
  return networks.some((one) => one.relay === node);
}
