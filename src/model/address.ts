import ipaddr from 'ipaddr.js';

export type Family = 4 | 6;

export function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

/** The route to one address: `172.27.15.11/32`, `fd00::11/128`. */
export function hostRoute(address: string): string {
  return `${address}/${familyOf(address) === 4 ? 32 : 128}`;
}

/** IPv4 before IPv6, otherwise in the order given. */
export function fourFirst(addresses: readonly string[]): string[] {
  return addresses.toSorted((a, b) => familyOf(a) - familyOf(b));
}

/** `203.0.113.10:51820`, `[2001:db8::1]:51820` */
export function hostPort(address: string, port: number): string {
  return familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A range as numbers. */
export interface Span {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** The span of a range or of a bare address, both canonical. */
export function spanOf(text: string): Span {
  const [base = '', length] = text.split('/');
  const family = familyOf(base);
  const bits = family === 4 ? 32 : 128;
  const free = BigInt(bits - Number(length ?? bits));
  const first = (toNumber(base) >> free) << free;
  return { family, first, last: first + (1n << free) - 1n };
}

export function contains(span: Span, address: string): boolean {
  if (familyOf(address) !== span.family) return false;
  const number = toNumber(address);
  return span.first <= number && number <= span.last;
}

/** Whether a bare address is in a range. */
export const inRange = (address: string, range: string): boolean => contains(spanOf(range), address);

export function overlaps(a: Span, b: Span): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** Whether all of a range is in another. */
export function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [spanOf(inner), spanOf(outer)];
  return a.family === b.family && b.first <= a.first && a.last <= b.last;
}

/** Whether an IPv4 address is the network or broadcast address of a range that has these. */
export function isReserved(span: Span, address: string): 'network' | 'broadcast' | undefined {
  const number = toNumber(address);
  if (span.last - span.first < 3n) return undefined;
  if (number === span.first) return 'network';
  return span.family === 4 && number === span.last ? 'broadcast' : undefined;
}

/** The address at `offset` (from 0) in a range; undefined beyond its end, and for its network and broadcast address. */
export function addressAt(range: string, offset: number | bigint): string | undefined {
  const span = spanOf(range);
  const number = span.first + BigInt(offset);
  if (number > span.last) return undefined;
  const address = fromNumber(number, span.family);
  return isReserved(span, address) ? undefined : address;
}

/** The host part that an address has in ranges of the size of this one, whether it is in it or not. */
export function hostPart(address: string, range: string): bigint {
  const { first, last } = spanOf(range);
  return toNumber(address) % (last - first + 1n);
}

/** Of a range (or address) within another, what it would be in a third; undefined if it doesn't fit in there. */
export function movedRange(cidr: string, from: string, to: string): string | undefined {
  const [own, old, wanted] = [spanOf(cidr), spanOf(from), spanOf(to)];
  const first = wanted.first + own.first - old.first;
  if (first + own.last - own.first > wanted.last) return undefined;
  return `${fromNumber(first, own.family)}/${prefixLength(cidr)}`;
}

/** How many hosts a range has room for. */
export function roomIn(range: string): bigint {
  const { first, last } = hostBounds(range);
  return last - first + 1n;
}

/** `192.168.15.0/24` of `192.168.15.7/24`: an address written with its prefix length. */
export function networkOf(cidr: string): string {
  const { first, family } = spanOf(cidr);
  return `${fromNumber(first, family)}/${prefixLength(cidr)}`;
}

export const prefixLength = (range: string): number => Number(range.split('/')[1]);

/** Host addresses of a range in order, without network and broadcast address. */
export function* hostsUpward(range: string): Generator<string> {
  const { first, last, family } = hostBounds(range);
  for (let host = first; host <= last; host += 1n) yield fromNumber(host, family);
}

/**
 * Host addresses downward from a conventionally high one: `.250` of the last /24 of an IPv4 range,
 * `::fa` of an IPv6 range, or the last host if the range is smaller.
 */
export function* hostsDownward(range: string): Generator<string> {
  const { first, last, family } = hostBounds(range);
  const high = family === 4 ? last - 4n : spanOf(range).first + 0xfan;
  const start = high < first || high > last ? last : high;
  for (let host = start; host >= first; host -= 1n) yield fromNumber(host, family);
}

function hostBounds(range: string): Span {
  const { family, first, last } = spanOf(range);
  return last - first < 2n ? { family, first, last } : { family, first: first + 1n, last: last - 1n };
}

/** Whether a text, which need not be canonical, is a bare address. */
export const isAddress = (text: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);

/** The canonical form of a bare address in any notation. */
export const canonical = (address: string): string => ipaddr.parse(address).toString();

export function sameAddress(a: string, b: string): boolean {
  return isAddress(a) && isAddress(b) && canonical(a) === canonical(b);
}

function toNumber(address: string): bigint {
  if (familyOf(address) === 4) {
    return BigInt(address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0));
  }
  const { parts } = ipaddr.IPv6.parse(address);
  return BigInt(`0x${parts.map((part) => part.toString(16).padStart(4, '0')).join('')}`);
}

function fromNumber(number: bigint, family: Family): string {
  const bytes = Array.from({ length: family === 4 ? 4 : 16 }, (_, i, n = family === 4 ? 4 : 16) =>
    Number((number >> BigInt(8 * (n - 1 - i))) & 255n),
  );
  const address = ipaddr.fromByteArray(bytes);
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}

/** The address of a CIDR range, or of a bare address, as written. */
export const bareAddress = (cidr: string): string => cidr.split('/')[0] ?? '';
