import { contains, familyOf, inRange, spanOf } from '../../../model/address.js';
import { all, GarbledReply, type Lines, printable } from '../../../remote/reply-lines.js';
import admissionScript from './admission.sh';
import askScript from './ask.sh';
import { type Json, text, texts } from './json.js';

/** One rule of the tailnet's policy, as the login server gives it to the node that packets come to. */
interface Rule {
  /** Addresses, ranges, `FIRST-LAST`, `*`, or `cap:NAME`. */
  readonly sources: readonly string[];
  readonly targets: readonly { readonly address: string; readonly first: number; readonly last: number }[];
  /** Numbers of IP protocols. */
  readonly protocols: readonly number[];
}

/** What tailscaled lets in from the tailnet. */
export interface Admission {
  readonly rules: readonly Rule[];
  /** It is set to let nothing in, whatever the policy says. */
  readonly shielded: boolean;
}

export interface TailnetPacket {
  readonly source: string;
  readonly target: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** sh that prints lines about what tailscaled lets in; none if it doesn't run. */
export const READ_ADMISSION = `${askScript}${admissionScript}`;

const PROTOCOLS = { tcp: 6, udp: 17 } as const;
/** What a rule without protocols is about: ICMP, TCP, UDP and ICMPv6. */
const DEFAULT_PROTOCOLS: readonly number[] = [1, 6, 17, 58];

/** Undefined if it could not be read. */
export function admissionIn(lines: Lines): Admission | undefined {
  const [filter] = all(lines, 'tailnet-filter');
  if (filter === undefined) return undefined;
  return { rules: parseRules(filter.join('')), shielded: all(lines, 'tailnet-shielded').length > 0 };
}

/** `null` means that there are no rules: nothing is let in. */
function parseRules(json: string): readonly Rule[] {
  const rules: unknown = parsed(json) ?? [];
  if (!Array.isArray(rules)) throw new GarbledReply(`a packet filter is a list; got ${printable(json)}`);
  return rules.map((rule: Json) => ({
    sources: texts(rule['SrcIPs']),
    targets: objects(rule['DstPorts']).map((target) => {
      const { First: first, Last: last } = (target['Ports'] ?? {}) as Json;
      return { address: text(target['IP']), first: Number(first), last: Number(last) };
    }),
    protocols: Array.isArray(rule['IPProto']) ? rule['IPProto'].map(Number) : DEFAULT_PROTOCOLS,
  }));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new GarbledReply(`the packet filter of tailscaled is not JSON: ${printable(json)}`);
  }
}

const objects = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** Whether a rule lets the packet in; undefined if that depends on what isn't known here. */
export function admits({ rules }: Admission, packet: TailnetPacket): boolean | undefined {
  const fitting = rules.filter(
    ({ targets, protocols }) =>
      protocols.includes(PROTOCOLS[packet.protocol]) &&
      targets.some(
        ({ address, first, last }) =>
          first <= packet.port && packet.port <= last && holds(address, packet.target),
      ),
  );
  const sources = fitting.flatMap((rule) => rule.sources);
  if (sources.some((source) => holds(source, packet.source))) return true;
  return sources.some((source) => source.startsWith('cap:')) ? undefined : false;
}

/** Whether an address is among those that a rule names. */
function holds(named: string, address: string): boolean {
  if (named === '*') return true;
  if (named.startsWith('cap:')) return false;
  const [first = '', last] = named.split('-');
  if (last === undefined) return inRange(address, named);
  const span = { family: familyOf(first), first: spanOf(first).first, last: spanOf(last).last };
  return contains(span, address);
}
