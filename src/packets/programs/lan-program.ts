import { type Ipv6Data, ipv6Lines, type PacketProgram, type PacketTiming } from '../program.js';
import lan from './lan.pl';

export interface LanProbe {
  /** Whether it holds the program up until it answers. */
  readonly required: boolean;
  readonly address: string;
  /** TCP port to open as well. */
  readonly port?: number;
  /** Address to ping from; the kernel's choice unless given. */
  readonly source?: string;
}

export interface LanData extends Ipv6Data {
  /** In the order in which the reply numbers them. */
  readonly probes: readonly LanProbe[];
}

/** Probe: asks every address until the required ones have answered or the patience is over, one second at least. */
export function lanProgram({ probes, ipv6 }: LanData, { patience, token }: PacketTiming): PacketProgram {
  return {
    code: lan,
    data: [
      ['token', token],
      ['patience', patience],
      ...ipv6Lines(ipv6),
      ...probes.map(({ required, address, port, source }) => [
        'lan',
        required ? 1 : 0,
        address,
        port ?? 0,
        source ?? '-',
      ]),
    ],
    without: 'echo no-perl',
  };
}
