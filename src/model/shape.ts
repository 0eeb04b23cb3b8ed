import { familyOf, overlaps, spanOf } from './address.js';
import { atlasOf } from './atlas.js';
import type { Client, Inventory, Member, Network } from './inventory.js';

/** Whether a member is a hub of the network. */
export function isHub(network: Network, node: string): boolean {
  return network.hubs.includes(node);
}

/** The hub that a spoke or client connects to; undefined for hubs, and in a mesh. */
export function hubOf(network: Network, name: string): string | undefined {
  return network.hubOf[name];
}

/** The spokes that connect to a hub, in the order of the inventory. */
export function spokesOf(network: Network, hub: string): Member[] {
  return network.members.filter(({ node }) => hubOf(network, node) === hub);
}

/** The clients that connect to a hub, in the order of the inventory. */
export function clientsOf(network: Network, hub: string): Client[] {
  return network.clients.filter(({ name }) => hubOf(network, name) === hub);
}

/** The client of that name; throws if the network has none. */
export function clientOf(network: Network, name: string): Client {
  const client = network.clients.find((one) => one.name === name);
  if (!client) throw new RangeError(`${name} is not a client of ${network.name}`);
  return client;
}

/** The subnets that a member advertises; none for most. */
export function subnetsOf(network: Network, node: string): readonly string[] {
  return network.advertises.find((one) => one.node === node)?.subnets ?? [];
}

/** Whether a member forwards packets to a LAN that it advertises. */
export function isGateway(network: Network, node: string): boolean {
  return subnetsOf(network, node).length > 0;
}

/** Whether a member reaches a subnet over its own LAN: a route into the tunnel would cut that off. */
export function isOwnLan(inventory: Inventory, node: string, subnet: string): boolean {
  const { nodes, sites } = atlasOf(inventory);
  const site = sites.get(nodes.get(node)?.site ?? '');
  return site?.subnets.some((lan) => overlaps(spanOf(lan), spanOf(subnet))) ?? false;
}

/** The ranges whose family one of the addresses has. */
export function inFamiliesOf(addresses: readonly string[], ranges: readonly string[]): string[] {
  const families = new Set(addresses.map(familyOf));
  return ranges.filter((range) => families.has(familyOf(range)));
}

/** Whether a node forwards packets, in one network or (undefined) in any: it is a relay, a hub or a gateway. */
export function forwardsPackets(inventory: Inventory, network: Network | undefined, node: string): boolean {
  const networks = network ? [network] : inventory.networks;
  return networks.some((one) => one.relay === node || isHub(one, node) || isGateway(one, node));
}
