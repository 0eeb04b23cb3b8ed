import ipaddr from 'ipaddr.js';

export type Family = 4 | 6;

/** A result: the canonical text, or what is wrong and what would be right. */
export type Parsed =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string; readonly fix: string };

const DOTTED = /^\d+(\.\d+){3}$/;

/** A bare address in canonical form: IPv4 without leading zeros, IPv6 as RFC 5952 writes it. */
export function parseAddress(text: string): Parsed {
  const host = /^[a-z][a-z\d+.-]*:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/i.exec(text)?.[1];
  if (host !== undefined) return bareOf(unbracketed(host), 'is a URL, not an address', 'write');
  if (text.includes('/')) {
    return bareOf(text.slice(0, text.indexOf('/')), 'is an address with a prefix length', 'write it bare:');
  }
  const [, bare] = /^(\d+(?:\.\d+){3}|\[[\da-fA-F:.]+\]):\d+$/.exec(text) ?? [];
  if (bare !== undefined)
    return bareOf(unbracketed(bare), 'is an address with a port', 'write it without the port:');
  return text.includes(':') ? parseSix(text) : parseFour(text);
}

const unbracketed = (text: string): string => text.replaceAll(/[[\]]/g, '');

function bareOf(text: string, message: string, advice: string): Parsed {
  const bare = parseAddress(text);
  return wrong(message, bare.ok ? `${advice} ${bare.text}` : bare.fix);
}

/** A range in canonical form, `172.27.15.0/24`; bits beyond the prefix are refused. */
export function parseRange(text: string): Parsed {
  const [base = '', length, more] = text.split('/');
  const address = parseAddress(base);
  if (!address.ok) {
    const message = address.message.replace('is not an address', 'is not a range');
    return wrong(message, `write it with a prefix length, such as ${rangeLike(base, length)}`);
  }
  const bits = familyOf(base) === 4 ? 32 : 128;
  if (length === undefined) {
    return wrong(
      'is an address, not a range',
      `add the prefix length, such as ${networkOf(`${address.text}/${bits === 32 ? 24 : 64}`)}`,
    );
  }
  if (more !== undefined || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > bits) {
    const mask = ipaddr.IPv4.isValidFourPartDecimal(length) ? ipaddr.IPv4.parse(length) : undefined;
    const ones = mask?.prefixLengthFromSubnetMask();
    return typeof ones === 'number'
      ? wrong('has a netmask', `write ${networkOf(`${address.text}/${ones}`)}`)
      : wrong('has no prefix length that fits', `write /0 to /${bits} after the address`);
  }
  const { first } = spanOf(`${address.text}/${length}`);
  const right = `${fromNumber(first, familyOf(base))}/${length}`;
  if (toNumber(address.text) !== first) return wrong('has host bits', `write ${right}`);
  return { ok: true, text: right };
}

/** A range guessed from a text that isn't one: from the numbers that it begins with. */
function rangeLike(base: string, length: string | undefined): string {
  if (base.includes(':')) return 'fd00:15::/64';
  const parts = base.split(/[.-]/);
  const end = parts.findIndex((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255);
  const known = parts.slice(0, end < 0 ? 4 : end).map(Number);
  if (known.length === 0) return '172.27.15.0/24';
  const bits =
    /^\d+$/.test(length ?? '') && Number(length) <= 32 ? Number(length) : 8 * Math.min(known.length, 3);
  return networkOf(`${[...known, 0, 0, 0].slice(0, 4).join('.')}/${bits}`);
}

function parseFour(text: string): Parsed {
  if (/^[a-z][\w-]*(\.[\w-]+)+$/i.test(text)) {
    return wrong('is a name, not an address', 'write the address that it stands for, such as 203.0.113.10');
  }
  if (!DOTTED.test(text)) {
    return wrong('is not an address', 'write four numbers, such as 192.168.15.2, or an IPv6 address');
  }
  const parts = text.split('.');
  if (parts.some((part) => Number(part) > 255)) {
    return wrong('has a number above 255', 'each of the four numbers is 0 to 255');
  }
  const plain = parts.map(Number).join('.');
  return plain === text ? { ok: true, text } : wrong('has leading zeros', `write ${plain}`);
}

function parseSix(text: string): Parsed {
  if (text.includes('%')) return wrong('has a zone', 'write a global or unique local address without %');
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !ipaddr.IPv6.isValid(text)) {
    return wrong('is not an address', 'write an IPv6 address such as fd00:15::2');
  }
  const six = ipaddr.IPv6.parse(text);
  if (six.isIPv4MappedAddress())
    return wrong('is an IPv4 address written as IPv6', `write ${six.toIPv4Address()}`);
  return { ok: true, text: six.toRFC5952String() };
}

function wrong(message: string, fix: string): Parsed {
  return { ok: false, message, fix };
}

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
