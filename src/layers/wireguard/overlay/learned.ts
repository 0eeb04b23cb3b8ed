import type { Inventory, Network } from '../../../model/inventory.js';
import { isHidden } from '../../../model/location.js';
import type { Peer } from './types.js';

/**
 * A handshake older than this (seconds) shows that the endpoint in use doesn't work; WireGuard renews sessions every 120 s.
 */
export const HANDSHAKE_LIFETIME = 180;

/** `address:port` or `[address]:port`, as `wg show` prints it, in its two parts; undefined for anything else. */
export function splitHostPort(text: string): { readonly address: string; readonly port: number } | undefined {
  const [, six, four, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d+)$/.exec(text) ?? [];
  const address = six ?? four;
  return address === undefined ? undefined : { address, port: Number(port) };
}

export interface Learning {
  /** Name of the node on which the endpoint is live. */
  readonly on: string;
  readonly peer: Peer;
  /** As `wg show` prints it. */
  readonly live: string;
  /**
   * Whether the two have shaken hands, but not recently: then another port in use is an old one. Right after a start they
   * haven't yet, and the peer's first packet has already shown its port.
   */
  readonly hasGoneSilent: boolean;
}

/**
 * Whether WireGuard may have learned a live endpoint from the peer's own packets. A peer behind NAT sends from any address
 * and port that its router gives it. Any other may send from any of its addresses, but only from the port it listens on: an
 * endpoint with another port was set before and is outdated. A node's own router may show it another port of a peer outside
 * if both send at the same time through a forward.
 */
export function mayBeLearned(inventory: Inventory, network: Network, learning: Learning): boolean {
  const { on, peer, live, hasGoneSilent } = learning;
  if (peer.roams || peer.endpoint === undefined) return true;
  const seen = splitHostPort(live);
  const isOutside = peer.endpoint.via !== 'lan';
  const mayDifferInPort = isOutside && !hasGoneSilent && isHidden(inventory, on);
  return seen !== undefined && (seen.port === network.port || mayDifferInPort);
}
