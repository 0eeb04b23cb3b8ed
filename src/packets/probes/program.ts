import { READ_ALL_RULES, READ_COUNTED_RULES } from '../../facts/firewall/read.js';
import { type Ipv6Data, ipv6Lines, type PacketProgram, type PacketTiming } from '../program.js';
import filters from './filters.pl';
import probes from './probes.pl';
import rules from './rules.pl';
import sockets from './sockets.pl';
import trace from './trace.pl';
import wire from './wire.pl';

/** One port of an address that is sent a packet. */
export interface PortProbe {
  /** The node that it is meant for. */
  readonly target: string;
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  /** It has to arrive, so it is repeated more often. */
  readonly must: boolean;
}

export interface ProbesData extends Ipv6Data {
  readonly self: string;
  /** Every node that sends, in an order that all of them share: the place of each is its mark. */
  readonly senders: readonly string[];
  /** UDP port at which the nodes report to each other that they listen, and that they are done. */
  readonly control: number;
  /** In this order they are numbered, from 0. */
  readonly sends: readonly PortProbe[];
  /** Addresses of those that it sends to, and of those that send to it. */
  readonly calls: readonly { readonly peer: string; readonly address: string }[];
  /** Nodes that send to this one. */
  readonly expected: readonly string[];
  /** Whether to watch the packets on their way through the rules: the kernel's trace, and the rules' counters. */
  readonly traced: boolean;
  /** sh that prints lines about what else decides which packets come to this machine; empty for none. */
  readonly reads: string;
}

const MARKS = 65_536;

/** The first of as many marks as there are senders: it follows from the run's token. */
export function firstMark(token: string, senders: number): number {
  let sum = 0;
  for (const letter of token) sum = (sum * 31 + letter.charCodeAt(0)) % (MARKS - senders - 1);
  return sum + 1;
}

/** Probe: sends each port a packet once its node listens, and listens for the others' until all are done or the patience is over. */
export function probesProgram(
  { self, senders, control, sends, calls, expected, traced, reads, ipv6 }: ProbesData,
  { patience, token }: PacketTiming,
): PacketProgram {
  const first = firstMark(token, senders.length);
  const readRules = traced ? READ_COUNTED_RULES : READ_ALL_RULES;
  const code = [filters, wire, sockets, rules, trace, probes].join('');
  return {
    code: `$main::read_rules = <<'BRIDGEHEAD_RULES';\n${readRules}\n${reads}\nBRIDGEHEAD_RULES\n${code}`,
    data: [
      ['token', token],
      ['self', self],
      ['patience', Math.max(2, patience)],
      ['control', control],
      ['marks', first, senders.length],
      ['mark', first + senders.indexOf(self)],
      ['trace', traced ? 1 : 0],
      ...ipv6Lines(ipv6),
      ...senders.map((name, place) => ['sender', first + place, name]),
      ...calls.map(({ peer, address }) => ['call', peer, address]),
      ...sends.map(({ target, protocol, address, port, must }) => [
        'send',
        target,
        protocol,
        address,
        port,
        must ? 1 : 0,
      ]),
      ...expected.map((name) => ['expect', name]),
    ],
    without: 'echo no-perl',
  };
}
