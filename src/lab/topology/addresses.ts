import ipaddr from 'ipaddr.js';

export type Family = 4 | 6;

/** Family of a bare address; throws on anything else. */
export function familyOf(address: string): Family {
  return ipaddr.parse(address).kind() === 'ipv4' ? 4 : 6;
}

/** Family of a CIDR range. */
export function rangeFamily(range: string): Family {
  return familyOf(addressOf(range));
}

export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

/** The shortest way to write an address. */
export function canonical(address: string): string {
  return ipaddr.parse(address).toString();
}

export function sameAddress(a: string, b: string): boolean {
  return (
    isAddress(a) &&
    isAddress(b) &&
    ipaddr.parse(a).toNormalizedString() === ipaddr.parse(b).toNormalizedString()
  );
}

export function inRange(address: string, range: string): boolean {
  if (familyOf(address) !== rangeFamily(range)) return false;
  const parsed = ipaddr.parse(address);
  const [base, bits] = ipaddr.parseCIDR(range);
  return parsed.match(base, bits);
}

/** Whether two CIDR ranges have an address in common. */
export function overlap(a: string, b: string): boolean {
  return inRange(addressOf(a), b) || inRange(addressOf(b), a);
}

function addressOf(range: string): string {
  return range.slice(0, range.indexOf('/'));
}

export function prefixLength(range: string): number {
  return ipaddr.parseCIDR(range)[1];
}

/** `192.168.15.0/24` from any address within it, written with its prefix length. */
export function networkOf(range: string): string {
  const { base, bits } = numbers(range);
  return `${toAddress(base, rangeFamily(range))}/${bits}`;
}

/** Host addresses of a range in order, counted from its first; network and broadcast address left out. */
export function* hostsUpward(range: string): Generator<string> {
  const { first, last } = hostBounds(range);
  for (let host = first; host <= last; host += 1n) yield toAddress(host, rangeFamily(range));
}

/**
 * Host addresses downward from the one that a person would call high: `.250` of the last /24 of an IPv4 range,
 * `::fa` of an IPv6 range, or the last host where the range is smaller.
 */
export function* hostsDownward(range: string): Generator<string> {
  const family = rangeFamily(range);
  const { base, last, first } = { ...hostBounds(range), base: numbers(range).base };
  const wanted = family === 4 ? last - 4n : base + 0xfan;
  const start = wanted < first || wanted > last ? last : wanted;
  for (let host = start; host >= first; host -= 1n) yield toAddress(host, family);
}

function numbers(range: string): { base: bigint; bits: number; size: bigint } {
  const [address, bits] = ipaddr.parseCIDR(range);
  const bytes = address.toByteArray();
  const size = 1n << BigInt(bytes.length * 8 - bits);
  const value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return { base: value - (value % size), bits, size };
}

function hostBounds(range: string): { first: bigint; last: bigint } {
  const { base, size } = numbers(range);
  if (size <= 2n) return { first: base, last: base + size - 1n };
  return { first: base + 1n, last: base + size - 2n };
}

function toAddress(value: bigint, family: Family): string {
  const length = family === 4 ? 4 : 16;
  const bytes = Array.from({ length }, (_, index) =>
    Number((value >> BigInt(8 * (length - 1 - index))) & 255n),
  );
  return ipaddr.fromByteArray(bytes).toString();
}
