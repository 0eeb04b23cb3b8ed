import { hostsUpward, networkOf } from '../../../model/address.js';
import { parseAddress, parseRange } from '../../../model/parse-address.js';
import type { OneOrMore, RawNetwork } from '../../../model/raw.js';
import type { Resolution } from '../../resolution.js';
import { networksOfKind } from '../../shared/network-kind.js';
import { findFreeRange } from '../overlay/free-range.js';

/** Reports a network's missing range and addresses with the lines to add: free ones, for the nodes that there are. */
export function reportMissing(work: Resolution, name: string, raw: RawNetwork): void {
  const ranges = canonical(raw.range, parseRange);
  const addresses = Object.values(raw.addresses ?? {}).flatMap((one) => canonical(one, parseAddress));
  const own = ranges.length > 0 ? ranges : addresses.slice(0, 1).map((first) => networkOf(`${first}/24`));
  const wanted = own.length > 0 ? own : [findFreeRange(rangesIn(work)) ?? []].flat();
  const path = ['networks', name];
  const isMissing = (key: string): boolean =>
    work.document.keyPosition([...path, key]) === undefined && !work.isMisspelt([...path, key]);
  if (isMissing('range') && wanted.length > 0) {
    work.report([...path, 'range'], 'is missing', `add it, such as "range: ${wanted[0]}"`, 'key');
  }
  if (!isMissing('addresses')) return;
  const clients = Object.values(raw.clients ?? {}).flatMap(({ address }) => canonical(address, parseAddress));
  const members = membersText(Object.keys(work.raw.nodes ?? {}), wanted, clients);
  work.report(
    [...path, 'addresses'],
    'is missing',
    `add the members, such as "addresses: ${members}"`,
    'key',
  );
}

/** `{ vps: 10.86.0.1, pc1: 10.86.0.2 }`: each node with the next free address of each range. */
export function membersText(
  nodes: readonly string[],
  ranges: readonly string[],
  taken: readonly string[],
): string {
  const free = ranges.map((range) => freeIn(range, taken));
  const members = nodes.map((node) => {
    const own = free.flatMap((addresses) => addresses.next().value ?? []);
    return `${node}: ${own.length > 1 ? `[${own.join(', ')}]` : (own[0] ?? '')}`;
  });
  return `{ ${members.join(', ')} }`;
}

/** The host addresses of a range that are not taken, from the lowest. */
export function* freeIn(range: string, taken: Iterable<string>): Generator<string, undefined> {
  const used = new Set(taken);
  for (const address of hostsUpward(range)) if (!used.has(address)) yield address;
  return undefined;
}

/** What the inventory mentions, as far as it can be read. */
function rangesIn({ raw }: Resolution): string[] {
  const sites = Object.values(raw.sites ?? {});
  const networks = networksOfKind<RawNetwork>(raw.networks, 'wireguard');
  return [...sites.map(({ subnet }) => subnet), ...networks.map(([, { range }]) => range)].flatMap((one) =>
    canonical(one, parseRange),
  );
}

function canonical(written: OneOrMore | undefined, parse: typeof parseRange): string[] {
  const texts = [written].flat().filter((text) => typeof text === 'string');
  return texts.flatMap((text) => {
    const parsed = parse(text);
    return parsed.ok ? [parsed.text] : [];
  });
}
