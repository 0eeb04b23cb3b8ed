import type { Packet } from '../../../../facts/firewall/packet.js';
import { familyOf, hostRoute } from '../../../../model/address.js';
import { atlasOf } from '../../../../model/atlas.js';
import type { Inventory, Network } from '../../../../model/inventory.js';
import { clientsOf } from '../../../../model/shape.js';
import { endpointFor } from '../../overlay/endpoint.js';
import type { Endpoint } from '../../overlay/types.js';

/** Represents all that connect from behind a carrier's NAT. */
const FROM_CARRIER = '100.64.0.1/32';

/**
 * The source address of a node's packets to an endpoint, as the far side sees it; undefined if the inventory doesn't say.
 */
export function sourceOf(inventory: Inventory, from: string, endpoint: Endpoint): string | undefined {
  const node = atlasOf(inventory).nodes.get(from);
  const site = inventory.sites.find(({ name }) => name === node?.site);
  const like = (addresses: readonly string[] = []): string | undefined =>
    addresses.find((address) => familyOf(address) === familyOf(endpoint.address));
  const outside = like(node?.publicAddresses) ?? (site?.nat ? like(site.publicAddresses) : undefined);
  const address = endpoint.via === 'lan' ? like(node?.lanAddresses) : outside;
  if (address !== undefined) return hostRoute(address);
  const hidden = endpoint.via !== 'lan' && site?.nat === true && site.publicAddresses.length === 0;
  return hidden && familyOf(endpoint.address) === 4 ? FROM_CARRIER : undefined;
}

/** A member's first packet to another's WireGuard port, as it arrives there. */
export function callOf(
  inventory: Inventory,
  network: Network,
  { from, endpoint }: { readonly from: string; readonly endpoint: Endpoint },
): Packet {
  const source = sourceOf(inventory, from, endpoint);
  return {
    family: familyOf(endpoint.address),
    protocol: 'udp',
    port: network.port,
    notIn: ['lo', network.interface, 'tailscale0'],
    ...(source !== undefined && { from: source }),
  };
}

/** The first packets of all that connect to a node, without duplicates; `[]` if no node has an endpoint for it. */
export function callsTo(inventory: Inventory, network: Network, node: string): readonly Packet[] {
  const calls = network.members.flatMap(({ node: from }) => {
    const endpoint = from === node ? undefined : endpointFor(inventory, network, from, node);
    return endpoint === undefined ? [] : [callOf(inventory, network, { from, endpoint })];
  });
  const clients = clientsOf(network, node).length > 0 ? calls.slice(0, 1) : [];
  const all: readonly Packet[] = [...calls, ...clients.map(({ from: _, ...packet }: Packet) => packet)];
  return [...new Map(all.map((packet) => [`${packet.family} ${packet.from ?? ''}`, packet])).values()];
}

/**
 * Overlay addresses of the nodes that connect to a node; undefined if clients do too. `[]` if no node has an endpoint for
 * it.
 */
export function callersOf(
  inventory: Inventory,
  network: Network,
  node: string,
): readonly string[] | undefined {
  const callers = network.members.filter(
    ({ node: from }) => from !== node && endpointFor(inventory, network, from, node) !== undefined,
  );
  if (callers.length > 0 && clientsOf(network, node).length > 0) return undefined;
  return callers.flatMap(({ addresses }) => addresses);
}
