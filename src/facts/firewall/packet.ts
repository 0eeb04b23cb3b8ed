import { overlaps, spanOf } from '../../model/address.js';

export type Fit = 'no' | 'maybe' | 'yes';

/** The first packet of a flow, as far as it is known: one to the machine itself or, if it `isPassedOn`, through it. */
export interface Packet {
  readonly family: 4 | 6;
  readonly protocol: 'udp' | 'tcp';
  /** Where it goes; undefined when it may go to any. */
  readonly port?: number;
  readonly isPassedOn?: true;
  /** Where it comes from, as CIDR; undefined when it may come from anywhere. */
  readonly from?: string;
  readonly to?: string;
  /** The device that it comes in through. */
  readonly in?: string;
  /** Devices that it certainly doesn't come in through. */
  readonly notIn: readonly string[];
  /** The device that it goes out through, and those that it certainly doesn't. */
  readonly out?: string;
  readonly notOut?: readonly string[];
}

const opposite: Readonly<Record<Fit, Fit>> = { yes: 'no', maybe: 'maybe', no: 'yes' };

const items = (set: string): readonly string[] =>
  set
    .replace(/[{}"]/g, '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const named = (like: string, name: string): boolean =>
  /[*+]$/.test(like) ? name.startsWith(like.slice(0, -1)) : name === like;

function fitsDevice(names: readonly string[], device: string | undefined, others: readonly string[]): Fit {
  if (device !== undefined) return names.some((like) => named(like, device)) ? 'yes' : 'no';
  return names.every((like) => others.some((other) => other === like)) ? 'no' : 'maybe';
}

function fitsAddress(ranges: readonly string[], cidr: string | undefined): Fit {
  if (ranges.some((range) => !/^[\da-f.:]+(\/\d+)?$/i.test(range))) return 'maybe';
  const spans = ranges.map(spanOf);
  // No packet comes from, or goes to, a group of machines.
  if (ranges.every((range) => /^(22[4-9]|23\d)\.|^ff/i.test(range))) return 'no';
  if (cidr === undefined)
    return ranges.every((range) => /^(127\.|::1$|::1\/128$)/.test(range)) ? 'no' : 'maybe';
  const span = spanOf(cidr);
  if (!spans.some((range) => overlaps(range, span))) return 'no';
  return spans.some((range) => range.first <= span.first && span.last <= range.last) ? 'yes' : 'maybe';
}

type Range = readonly [low: number, high: number];

const LAST_PORT = 65_535;
const FIRST_COMMON_PORT = 1024;

/** Ports as nft writes them, `{ 22, 1024-65535 }` or `>= 1024`; undefined when they aren't numbers. */
function portsOf(set: string): readonly Range[] | undefined {
  const [, sign, bound] = /^([<>]=?) (\d+)$/.exec(set) ?? [];
  if (sign !== undefined) {
    const edge = Number(bound);
    const than = sign.endsWith('=') ? 0 : 1;
    return [sign.startsWith('<') ? [0, edge - than] : [edge + than, LAST_PORT]];
  }
  const list = items(set);
  if (list.some((item) => !/^\d+(-\d+)?$/.test(item))) return undefined;
  return list.map((item) => {
    const [low = 0, high = low] = item.split('-').map(Number);
    return [low, high];
  });
}

const holds = (ranges: readonly Range[], [from, to]: Range): boolean =>
  ranges.some(([low, high]) => low <= from && to <= high);

function fitsPort(set: string, port: number | undefined): Fit {
  const ranges = portsOf(set);
  if (ranges === undefined) return 'maybe';
  if (port === undefined) return holds(ranges, [1, LAST_PORT]) ? 'yes' : 'maybe';
  return holds(ranges, [port, port]) ? 'yes' : 'no';
}

/**
 * A packet's source port isn't known: it is the peer's own listen port, or the one that a router replaced it with. Routers
 * map ports below 1024 only to each other.
 */
function fitsSourcePort(set: string, port = FIRST_COMMON_PORT): Fit {
  const ranges = portsOf(set);
  if (ranges === undefined) return 'maybe';
  const common: Range = [port < FIRST_COMMON_PORT ? 1 : FIRST_COMMON_PORT, LAST_PORT];
  if (holds(ranges, common)) return 'yes';
  return ranges.some(([low, high]) => low <= common[1] && common[0] <= high) ? 'maybe' : 'no';
}

const NUMBERS: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp' };
const VALUE = String.raw`(!= )?([<>]=? \d+|\{[^}]*\}|"[^"]*"|\S+)`;
/** A value that can't be compared by itself: a set defined elsewhere or left out, a concatenated key, a calculation. */
const OPAQUE = /^[{" ]*(@|\}|\$|\.$|[&|^]$|<<|>>|map$|vmap$)/;
const OTHER_PROTOCOLS = /\b(udplite|icmp|icmpv6|igmp|sctp|dccp|esp|ah|vrrp) (?:type|code|[sd]port)\b/;

/** Whether a rule's conditions, in nft's syntax, match the packet; `maybe` if one isn't understood. */
export function fits(conditions: string, packet: Packet): Fit {
  const found: Fit[] = [];
  let rest = ` ${conditions} `;
  // Undefined if it is about another protocol or family: then it doesn't match, negated or not.
  const take = (pattern: string, judge: (value: string, way: string) => Fit | undefined): void => {
    rest = rest.replace(new RegExp(`\\b${pattern} ${VALUE}`, 'g'), (...groups: unknown[]) => {
      const strings = groups.filter((group): group is string => typeof group === 'string').slice(1, -1);
      const value = strings.at(-1) ?? '';
      const fit = judge(value, strings[0] ?? '');
      if (fit === undefined) found.push('no');
      else if (OPAQUE.test(value)) found.push('maybe');
      else found.push(strings.includes('!= ') ? opposite[fit] : fit);
      return ' ';
    });
  };
  take('ct state', (states) => (/\b(new|untracked)\b/.test(states) ? 'yes' : 'no'));
  // Redirecting the port of a tunnel before it reaches the tunnel isn't done in practice.
  take('ct status', (states) =>
    !packet.isPassedOn && (states === 'dnat' || states === 'snat') ? 'no' : 'maybe',
  );
  take('iif(?:name)?', (names) => fitsDevice(items(names), packet.in, packet.notIn));
  take('oif(?:name)?', (names) => fitsDevice(items(names), packet.out, packet.notOut ?? []));
  const isOf = (family: string): boolean => (family === 'ip' ? 4 : 6) === packet.family;
  take('(ip|ip6) saddr', (ranges, family) =>
    isOf(family) ? fitsAddress(items(ranges), packet.from) : undefined,
  );
  take('(ip|ip6) daddr', (ranges, family) =>
    isOf(family) ? fitsAddress(items(ranges), packet.to) : undefined,
  );
  take('(ip|ip6|meta) (?:protocol|nexthdr|l4proto)', (list, family) =>
    family === 'meta' || isOf(family) ? fitsProtocol(items(list), packet) : undefined,
  );
  take('meta nfproto', (families) => (items(families).includes(`ipv${packet.family}`) ? 'yes' : 'no'));
  const isOn = (protocol: string): boolean => protocol === 'th' || protocol === packet.protocol;
  take('(udp|tcp|th) dport', (ports, protocol) =>
    isOn(protocol) ? fitsPort(ports, packet.port) : undefined,
  );
  take('(udp|tcp|th) sport', (ports, protocol) =>
    isOn(protocol) ? fitsSourcePort(ports, packet.port) : undefined,
  );
  take('fib daddr type', (types) =>
    items(types).includes(packet.isPassedOn ? 'unicast' : 'local') ? 'yes' : 'no',
  );
  take('meta pkttype', (types) =>
    items(types).some((one) => one === 'host' || one === 'unicast') ? 'yes' : 'no',
  );
  if (found.includes('no') || OTHER_PROTOCOLS.test(rest)) return 'no';
  const other =
    packet.protocol === 'udp' ? /\btcp (flags|option|dport|sport)\b/ : /\budp (length|dport|sport)\b/;
  if (other.test(rest)) return 'no';
  return found.includes('maybe') || rest.trim() !== '' ? 'maybe' : 'yes';
}

function fitsProtocol(list: readonly string[], { protocol }: Packet): Fit {
  if (list.some((one) => (NUMBERS[one] ?? one) === protocol)) return 'yes';
  return list.every((one) => /^[a-z][\w-]*$|^\d+$/i.test(one)) ? 'no' : 'maybe';
}

/** The verdict of a map for the packet, `{ established : accept, new : jump x }`; undefined if it isn't known. */
export function verdictOfMap(rule: string, packet: Packet): { readonly verdict?: string } | undefined {
  const [, key = '', elements = ''] = /^(.*?) vmap \{(.*)\}/.exec(rule) ?? [];
  const entries = elements.split(',').map((element): [string, string] => {
    const [value = '', verdict = ''] = element.split(' : ').map((part) => part.trim());
    return [value, verdict];
  });
  if (
    !/^(ct state|iif(name)?|meta l4proto|ip protocol|ip6 nexthdr|meta nfproto|(udp|tcp|th) dport)$/.test(key)
  )
    return undefined;
  for (const [value, verdict] of entries) {
    const fit = value === '*' ? 'yes' : fits(`${key} ${value}`, packet);
    if (fit === 'yes') return { verdict };
    if (fit === 'maybe') return undefined;
  }
  return {};
}
