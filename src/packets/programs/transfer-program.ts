import { type Ipv6Data, ipv6Lines, type PacketProgram, type PacketTiming } from '../program.js';
import transfer from './transfer.pl';

export interface TransferData extends Ipv6Data {
  /** The node's own overlay addresses. */
  readonly listen: readonly string[];
  /** Peers' addresses to send to, in the order in which the reply numbers them. */
  readonly send: readonly string[];
  /** Peers' addresses to serve, in the order in which the reply numbers them. */
  readonly serve: readonly string[];
  readonly port: number;
  readonly bytes: number;
}

/** Probe: moves `bytes` bytes to every address of `send` and serves those of `serve`, until done or the patience is over, one second at least. */
export function transferProgram(
  { listen, send, serve, port, bytes, ipv6 }: TransferData,
  { patience, token }: PacketTiming,
): PacketProgram {
  return {
    code: transfer,
    data: [
      ['token', token],
      ['port', port],
      ['bytes', bytes],
      ['patience', Math.max(1, patience)],
      ...ipv6Lines(ipv6),
      ...listen.map((address) => ['listen', address]),
      ...send.map((address) => ['send', address]),
      ...serve.map((address, number) => ['serve', number, address]),
    ],
    without: 'echo no-perl',
  };
}
