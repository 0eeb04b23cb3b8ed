import { bareAddress, hostRoute } from '../../../model/address.js';
import { memberOf } from '../../../model/atlas.js';
import type { Inventory, Member, Network } from '../../../model/inventory.js';
import { isHidden, sameSite } from '../../../model/location.js';
import {
  clientsOf,
  hubOf,
  inFamiliesOf,
  isHub,
  isOwnLan,
  spokesOf,
  subnetsOf,
} from '../../../model/shape.js';
import { endpointFor } from './endpoint.js';
import type { Peer } from './types.js';

/**
 * The `[Peer]` blocks of one member, in the order of the inventory; clients last, and only those whose key is known. In a
 * mesh, two members that can't connect have no block for each other: their addresses are in the relay's block on both sides,
 * or nowhere without a relay, which a lint refuses. A spoke has one block, its hub's.
 */
export function peersOf(inventory: Inventory, network: Network, node: string): Peer[] {
  const self = memberOf(network, node);
  const links = linksOf(inventory, network, node);
  const nodes = links.map((link) => nodePeer(inventory, network, self, link));
  return [...nodes, ...clientPeers(network, node), ...unmanagedPeers(network, node)];
}

/** A member with a tunnel of its own from here, and the members reached through it. */
interface Link {
  readonly to: Member;
  readonly through: readonly Member[];
}

function linksOf(inventory: Inventory, network: Network, node: string): Link[] {
  const peers: Member[] = [];
  const rest: Member[] = [];
  for (const member of network.members) {
    if (member.node === node) continue;
    (arePeers(inventory, network, node, member.node) ? peers : rest).push(member);
  }
  return peers.map((to) => ({ to, through: behind(network, node, to.node, rest) }));
}

/** Those of the rest that `from` reaches through `to`. */
function behind(network: Network, from: string, to: string, rest: readonly Member[]): readonly Member[] {
  if (network.shape === 'mesh') return to === network.relay ? rest : [];
  return isHub(network, from) ? spokesOf(network, to) : rest;
}

/** Whether two members have a direct tunnel: in a mesh all that can connect, else spoke and hub, and hub and hub. */
export function arePeers(inventory: Inventory, network: Network, a: string, b: string): boolean {
  if (network.shape === 'mesh') return canMeet(inventory, network, a, b);
  return (
    hubOf(network, a) === b || hubOf(network, b) === a || (a !== b && isHub(network, a) && isHub(network, b))
  );
}

/** Whether at least one of two members can connect to the other. */
export function canMeet(inventory: Inventory, network: Network, a: string, b: string): boolean {
  return (
    endpointFor(inventory, network, a, b) !== undefined || endpointFor(inventory, network, b, a) !== undefined
  );
}

function nodePeer(inventory: Inventory, network: Network, self: Member, { to, through }: Link): Peer {
  const from = self.node;
  const endpoint = endpointFor(inventory, network, from, to.node);
  const calledBack = endpointFor(inventory, network, to.node, from) !== undefined;
  const neighbours = sameSite(inventory, from, to.node);
  const hidden = isHidden(inventory, to.node);
  const keepsAlive =
    !neighbours && isHidden(inventory, from) && endpoint !== undefined && (!hidden || !calledBack);
  return {
    node: to.node,
    addresses: to.addresses,
    allowedIps: allowedIps(inventory, network, self, { to, through }),
    ...(endpoint && { endpoint }),
    ...(keepsAlive && { keepalive: network.keepalive }),
    roams: hidden && !neighbours,
    ...(through.length > 0 && { relays: through.map(({ node }) => node) }),
    ...(isHub(network, to.node) && { hub: true }),
  };
}

/** Only families that the member has itself: an IPv6 route can't be added where IPv6 is off. */
function allowedIps(
  inventory: Inventory,
  network: Network,
  self: Member,
  { to, through }: Link,
): readonly string[] {
  const elsewhere = (subnet: string) => !isOwnLan(inventory, self.node, subnet);
  const usable = (ranges: readonly string[]) => inFamiliesOf(self.addresses, ranges);
  // Independent of who joins, so that a new spoke or client only concerns the hub.
  if (hubOf(network, self.node) === to.node) {
    const subnets = network.advertises.filter(({ node }) => node !== self.node).flatMap((one) => one.subnets);
    return usable([...network.ranges, ...subnets.filter(elsewhere)]);
  }
  const clients = isHub(network, to.node) ? clientsOf(network, to.node) : [];
  const routes = [to, ...through].flatMap(({ node, addresses }) => [
    ...addresses.map(hostRoute),
    ...subnetsOf(network, node).filter(elsewhere),
  ]);
  return usable([...routes, ...clients.flatMap(({ addresses }) => addresses).map(hostRoute)]);
}

function clientPeers(network: Network, hub: string): Peer[] {
  return clientsOf(network, hub).flatMap(({ name, addresses, publicKey }): Peer[] => {
    if (publicKey === undefined) return [];
    const allowedIps = addresses.map(hostRoute);
    return [{ node: name, addresses, allowedIps, roams: true, client: true, publicKey }];
  });
}

function unmanagedPeers(network: Network, node: string): Peer[] {
  return network.unmanaged
    .filter(({ on }) => on.includes(node))
    .map(({ name, publicKey, allowedIps, endpoint, keepalive, presharedKey }) => ({
      node: name,
      addresses: allowedIps.map(bareAddress).filter((address, i) => allowedIps[i] === hostRoute(address)),
      allowedIps,
      ...(endpoint && { endpoint: { address: endpoint.host, port: endpoint.port, via: 'public' } as const }),
      ...(keepalive !== undefined && { keepalive }),
      roams: true,
      client: true,
      unmanaged: { presharedKey },
      publicKey,
    }));
}

/** Whether a member has a preshared key with a peer. */
export function sharesKey({ presharedKeys }: Pick<Network, 'presharedKeys'>, { unmanaged }: Peer): boolean {
  return unmanaged?.presharedKey ?? presharedKeys;
}

/** CIDRs that a member's interface must route for its peers' AllowedIPs. */
export function routesOf(inventory: Inventory, network: Network, node: string): string[] {
  return peersOf(inventory, network, node).flatMap(({ allowedIps }) => allowedIps);
}
