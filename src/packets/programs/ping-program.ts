import type { Network } from '../../model/inventory.js';
import { command } from '../../remote/quote.js';
import { type Ipv6Data, ipv6Lines, type PacketProgram, type PacketTiming } from '../program.js';
import ping from './ping.pl';
import plainPing from './plain-ping.sh';

export interface PingTarget {
  readonly network: Network;
  readonly peer: string;
  readonly address: string;
}

export interface PingData extends Ipv6Data {
  readonly targets: readonly PingTarget[];
}

/** Probe: echo requests to every address at once until all have answered or `patience` seconds are over, one second at least. */
export function pingProgram({ targets, ipv6 }: PingData, { patience, token }: PacketTiming): PacketProgram {
  return {
    code: ping,
    data: [
      ['token', token],
      ['patience', patience],
      ...ipv6Lines(ipv6),
      ...targets.map(({ address }) => ['ping', address]),
    ],
    without: `left=${command(targets.map(({ address }, number) => `${number}=${address}`).join(' '))}
patience=${Math.max(1, Math.ceil(patience))}
${plainPing}`,
  };
}
