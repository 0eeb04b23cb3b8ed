import { type Ipv6Data, ipv6Lines, type PacketProgram, type PacketTiming } from '../program.js';
import pathMtu from './path-mtu.pl';

/** Bytes of the packet that only asks whether the peer is there at all. */
export const SMALL = 500;

export interface PathTarget {
  readonly interface: string;
  readonly address: string;
}

export interface PathMtuData extends Ipv6Data {
  /** In the order in which the reply numbers them. */
  readonly targets: readonly PathTarget[];
  /** The node's own overlay addresses. */
  readonly own: readonly string[];
}

/** Probe: the largest packet that comes back from every address, until all are known or the patience is over, one second at least. */
export function pathMtuProgram(
  { targets, own, ipv6 }: PathMtuData,
  { patience, token }: PacketTiming,
): PacketProgram {
  return {
    code: pathMtu,
    data: [
      ['token', token],
      ['patience', patience],
      ['small', SMALL],
      ...[...new Set(targets.map((target) => target.interface))].map((name) => ['interface', name]),
      ...ipv6Lines(ipv6),
      ...own.map((address) => ['own', address]),
      ...targets.map((target) => ['path', target.interface, target.address]),
    ],
    without: 'echo no-perl',
  };
}
