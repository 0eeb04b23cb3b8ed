import { READ_RULES } from '../../facts/firewall/read.js';
import { type Ipv6Data, ipv6Lines, type PacketProgram, type PacketTiming } from '../program.js';
import endpoints from './endpoints.pl';

export interface EndpointsData extends Ipv6Data {
  readonly self: string;
  /** One for each network the node is a member of. */
  readonly ports: readonly { readonly network: string; readonly port: number }[];
  readonly sends: readonly {
    readonly network: string;
    readonly peer: string;
    readonly address: string;
    readonly port: number;
  }[];
  /** Peers that have an endpoint for this node. */
  readonly expected: readonly { readonly network: string; readonly peer: string }[];
}

/** Probe: asks at every endpoint and listens for those who ask here, until both are done or the patience is over, one second at least. */
export function endpointsProgram(
  { self, ports, sends, expected, ipv6 }: EndpointsData,
  { patience, token }: PacketTiming,
): PacketProgram {
  return {
    code: `$main::read_rules = <<'BRIDGEHEAD_RULES';\n${READ_RULES}\nBRIDGEHEAD_RULES\n${endpoints}`,
    data: [
      ['token', token],
      ['self', self],
      ['patience', Math.max(1, patience)],
      ...ipv6Lines(ipv6),
      ...ports.map(({ network, port }) => ['port', network, port]),
      ...sends.map(({ network, peer, address, port }) => ['send', network, peer, address, port]),
      ...expected.map(({ network, peer }) => ['expect', network, peer]),
    ],
    without: 'echo no-perl',
  };
}
