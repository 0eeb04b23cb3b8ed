import { randomBytes } from 'node:crypto';
import { type Family, overlaps, type Span, spanOf } from '../../../model/address.js';

/** A range that has a meaning of its own. */
export interface KnownRange {
  readonly range: string;
  readonly span: Span;
  readonly what: string;
}

const known = (ranges: readonly (readonly [range: string, what: string])[]): readonly KnownRange[] =>
  ranges.map(([range, what]) => ({ range, span: spanOf(range), what }));

/** Ranges that no network can have. */
export const UNUSABLE = known([
  ['0.0.0.0/8', '"this network"'],
  ['127.0.0.0/8', 'the loopback'],
  ['169.254.0.0/16', 'link-local addresses'],
  ['224.0.0.0/3', 'multicast and reserved addresses'],
  ['::/127', 'the loopback'],
  ['fe80::/10', 'link-local addresses'],
  ['ff00::/8', 'multicast addresses'],
]);

/** Ranges that other software uses by default. */
export const TAKEN = known([
  ['172.17.0.0/16', "Docker's default bridge"],
  ['100.64.0.0/10', "providers' shared NAT and Tailscale"],
  ['10.42.0.0/16', "k3s' pods"],
  ['10.43.0.0/16', "k3s' services"],
]);

/**
 * A /24 or /64 for an overlay that overlaps none of the given ranges, and none that other software likes to take. IPv4 is
 * the first free one from 10.86.0.0/24 on; IPv6 has a random global ID, as RFC 4193 wants it, from `random`. Throws
 * RangeError when there is none.
 */
export function freeRange(...parameters: Parameters<typeof findFreeRange>): string {
  const found = findFreeRange(...parameters);
  if (found === undefined) throw new RangeError(`no free IPv${parameters[1] ?? 4} range`);
  return found;
}

/** The same; undefined if there is none. */
export function findFreeRange(
  taken: readonly string[],
  family: Family = 4,
  random: (bytes: number) => Uint8Array = randomBytes,
): string | undefined {
  const spans = [...taken.map(spanOf), ...[...UNUSABLE, ...TAKEN].map(({ span }) => span)];
  const candidates = family === 4 ? fourCandidates(spans) : sixCandidates(random);
  for (const range of candidates) {
    const span = spanOf(range);
    if (!spans.some((one) => overlaps(one, span))) return range;
  }
  return undefined;
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
