import ipaddr from 'ipaddr.js';
import { bareAddress, familyOf, networkOf } from './address.js';

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
  const right = networkOf(`${address.text}/${length}`);
  if (bareAddress(right) !== address.text) return wrong('has host bits', `write ${right}`);
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
