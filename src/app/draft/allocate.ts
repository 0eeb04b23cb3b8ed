import { freeAddresses } from '../../layers/wireguard/clients/free-address.js';
import type { Draft, DraftNetwork } from './draft.js';

export { freeRange } from '../../layers/wireguard/overlay/free-range.js';

/** All ranges in a draft: LANs, overlays, advertised subnets and public addresses. */
export function rangesOf({ sites, nodes, networks }: Draft): string[] {
  return [
    ...sites.flatMap(({ subnets, publicAddresses = [] }) => [...subnets, ...publicAddresses]),
    ...nodes.flatMap(({ publicAddresses = [], lanAddresses = [] }) => [...publicAddresses, ...lanAddresses]),
    ...networks.flatMap(({ ranges, advertises = [] }) => [
      ...ranges,
      ...advertises.flatMap(({ subnets }) => subnets),
    ]),
  ];
}

/** The lowest free address of each range of a network; with the same number in both families if possible. Throws RangeError when a range is full. */
export function lowestAddresses(
  network: Pick<DraftNetwork, 'ranges' | 'members' | 'clients' | 'unmanaged'>,
): string[] {
  const { ranges, members, clients = [], unmanaged = [] } = network;
  return freeAddresses({ ranges, members, clients, unmanaged }).map((address, i) => {
    if (address === undefined) throw new RangeError(`${ranges[i]} is full`);
    return address;
  });
}

/** The network with nodes as further members, each with the lowest free address of each range. */
export function withMembers(network: DraftNetwork, nodes: readonly string[]): DraftNetwork {
  const members = [...network.members];
  for (const node of nodes) members.push({ node, addresses: lowestAddresses({ ...network, members }) });
  return { ...network, members };
}

/** The first free port from `first` upward. Throws RangeError when there is none. */
export function freePort(taken: Iterable<number>, first = 51820): number {
  const used = new Set(taken);
  for (let port = first; port <= 65535; port += 1) if (!used.has(port)) return port;
  throw new RangeError(`no free port from ${first} on`);
}
