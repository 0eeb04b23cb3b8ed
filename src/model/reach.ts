import { bareAddress, hostRoute } from './address.js';
import type { Reach, Service } from './inventory.js';
import { parseAddress, parseRange } from './parse-address.js';

export const REACH_WORDS = ['overlay', 'lan', 'internet'] as const;

export type ParsedReach =
  | { readonly ok: true; readonly reach: Reach }
  | { readonly ok: false; readonly message: string; readonly fix: string };

/**
 * One entry of a client's `reach`: a word, `pc2`, `192.168.1.0/24`, and with a port `pc2:3000`, `pc2:53/udp`,
 * `192.168.1.0/24:443`, `[fd01::/64]:443`. Anything else is the name of a node, known or not.
 */
export function parseReach(text: string): ParsedReach {
  const word = REACH_WORDS.find((known) => known === text);
  if (word !== undefined) return { ok: true, reach: { kind: word } };
  const { place, port } = split(text);
  if (port === undefined) return placeOf(place);
  if (place === 'all' || REACH_WORDS.some((known) => known === place)) {
    const fix = `write ${place}, or the nodes, addresses or ranges with the port, such as pc2:3000`;
    return wrong(`has a port, but ${place} can't have one`, fix);
  }
  const target = placeOf(place);
  if (target.ok) return withService(place, target.reach, port);
  const [, right] = /^write (\S+)$/.exec(target.fix) ?? [];
  return right === undefined ? target : wrong(target.message, `write ${bracketed(right)}:${port}`);
}

/** The inventory's own words for what a client may reach. */
export function reachWord(reach: Reach): string {
  switch (reach.kind) {
    case 'node':
      return `${reach.node}${serviceWord(reach.service)}`;
    case 'range': {
      const { range, service } = reach;
      if (service === undefined) return range;
      const bare = bareAddress(range);
      return `${bracketed(hostRoute(bare) === range ? bare : range)}${serviceWord(service)}`;
    }
    default:
      return reach.kind;
  }
}

/** IPv6 is bracketed with its prefix length: after a colon more, nothing else says where the address ends. */
function split(text: string): { readonly place: string; readonly port?: string } {
  const [, place, port] = /^\[([^\]]*)\]:(.*)$/.exec(text) ?? /^([^:]*):([^:]*)$/.exec(text) ?? [];
  return place === undefined ? { place: text } : { place, port: port ?? '' };
}

function placeOf(text: string): ParsedReach {
  if (!/[/.[]|:.*:/.test(text)) return { ok: true, reach: { kind: 'node', node: text } };
  const unbracketed = sixWithPort(text);
  if (unbracketed !== undefined) return unbracketed;
  const parsed = text.includes('/') ? parseRange(text) : parseAddress(text);
  if (!parsed.ok) return parsed;
  return {
    ok: true,
    reach: { kind: 'range', range: text.includes('/') ? parsed.text : hostRoute(parsed.text) },
  };
}

/** `[fd01::]/64:443`, `[fd01::1]` and `fd01::1:443/tcp`, and how they are written. */
function sixWithPort(text: string): ParsedReach | undefined {
  const [, base = '', length = '', port = ''] = /^\[([^\]]*)\](\/\d+)?(:.*)?$/.exec(text) ?? [];
  if (base !== '') {
    const fix = port === '' ? `write ${base}${length}` : `write ${bracketed(base + length)}${port}`;
    return wrong('has its brackets in the wrong place', fix);
  }
  const [, host = '', service = ''] = /^([\da-fA-F:]+):(\d+\/[a-z]+)$/.exec(text) ?? [];
  return host === '' ? undefined : wrong('has no brackets around its address', `write [${host}]:${service}`);
}

const PROTOCOLS = ['tcp', 'udp'] as const;

function withService(place: string, reach: Reach, text: string): ParsedReach {
  const at = bracketed(place);
  const [port = '', name = 'tcp', more] = text.split('/');
  const protocol = PROTOCOLS.find((known) => known === name);
  const isPort = /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65535;
  if (!isPort)
    return wrong(
      'has no port from 1 to 65535 after its colon',
      `write its number, such as ${at}:3000, or only ${place}`,
    );
  if (protocol === undefined || more !== undefined)
    return wrong(
      'is for a protocol other than tcp and udp',
      `write ${at}:${port} for TCP, or ${at}:${port}/udp`,
    );
  return { ok: true, reach: { ...reach, service: { protocol, port: Number(port) } } as Reach };
}

const bracketed = (place: string): string => (place.includes(':') ? `[${place}]` : place);

/** TCP is what people mean by a port. */
function serviceWord(service: Service | undefined): string {
  if (service === undefined) return '';
  return `:${service.port}${service.protocol === 'tcp' ? '' : `/${service.protocol}`}`;
}

const wrong = (message: string, fix: string): ParsedReach => ({ ok: false, message, fix });
