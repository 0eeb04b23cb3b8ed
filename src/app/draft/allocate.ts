import { randomBytes } from 'node:crypto';
import { freeAddresses } from '../../layers/wireguard/clients/free-address.js';
import { UNWANTED_RANGES } from '../../layers/wireguard/lints/overlaps.js';
import { type Family, overlaps, type Span, spanOf } from '../../model/address.js';
import type { Draft, DraftNetwork } from './draft.js';

/**
 * A /24 or /64 for an overlay that overlaps none of the given ranges, and none that other software likes to take. IPv4 is
 * the first free one from 10.86.0.0/24 on; IPv6 has a random global ID, as RFC 4193 wants it, from `random`.
 */
export function freeRange(
  taken: readonly string[],
  family: Family = 4,
  random: (bytes: number) => Uint8Array = randomBytes,
): string {
  const spans = [...taken, ...UNWANTED_RANGES].map(spanOf);
  const candidates = family === 4 ? fourCandidates(spans) : sixCandidates(random);
  for (const range of candidates) {
    const span = spanOf(range);
    if (!spans.some((one) => overlaps(one, span))) return range;
  }
  throw new RangeError(`no free IPv${family} range`);
}

function* fourCandidates(taken: readonly Span[]): Generator<string> {
  const isFull = ({ family, first, last }: Span): boolean =>
    taken.some((one) => one.family === family && one.first <= first && last <= one.last);
  // 10.0 and 10.1 are last: routers and providers like them best.
  for (let i = 0; i < 256; i += 1) {
    const second = (86 + i) % 256;
    if (isFull(spanOf(`10.${second}.0.0/16`))) continue;
    for (let j = 0; j < 256; j += 1) yield `10.${second}.${j}.0/24`;
  }
  for (let j = 0; j < 256; j += 1) yield `192.168.${j}.0/24`;
}

function* sixCandidates(random: (bytes: number) => Uint8Array): Generator<string> {
  for (let i = 0; i < 16; i += 1) {
    const hex = Buffer.from(random(5)).toString('hex');
    const groups = [`fd${hex.slice(0, 2)}`, hex.slice(2, 6), hex.slice(6, 10)];
    yield `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
  }
}

/** All ranges that a draft speaks of: LANs, overlays, what is advertised, and public addresses. */
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

/** The lowest free address of each range of a network; with the same number in both families where there is one. Throws RangeError when a range is full. */
export function lowestAddresses(network: Pick<DraftNetwork, 'ranges' | 'members' | 'clients'>): string[] {
  const { ranges, members, clients = [] } = network;
  return freeAddresses({ ranges, members, clients }).map((address, i) => {
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
