import type { PacketProgram, PacketTiming } from '../program.js';
import dns from './dns.pl';

export interface DnsQuestion {
  /** Whether it holds the program up until it is answered. */
  readonly required: boolean;
  /** Bare address; undefined: the resolver that the machine asks by itself. */
  readonly server?: string;
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'TXT';
}

export interface DnsData {
  /** Where servers listen. */
  readonly port: number;
  /** In the order in which the reply numbers them. */
  readonly questions: readonly DnsQuestion[];
  /** Addresses to which a connection is opened, in the order in which the reply numbers them. */
  readonly tcp: readonly string[];
  /** Seconds that others are waited for once what is required is answered; default 1. */
  readonly grace?: number;
}

/** Probe: asks everything until what is required is answered or the patience is over, one second at least. */
export function dnsProgram(
  { port, questions, tcp, grace = 1 }: DnsData,
  { patience }: Pick<PacketTiming, 'patience'>,
): PacketProgram {
  return {
    code: dns,
    data: [
      ['patience', patience],
      ['port', port],
      ['grace', grace],
      ...questions.map(({ required, server, name, type }) => [
        'ask',
        required ? 1 : 0,
        server ?? '-',
        name,
        type,
      ]),
      ...tcp.map((address) => ['tcp', address]),
    ],
    without: 'echo no-perl',
  };
}
