import type { Inventory, Network } from '../../../model/inventory.js';
import { isHidden } from './endpoint.js';
import type { Peer } from './types.js';

/** A handshake older than this (seconds) says that the endpoint in use doesn't work; WireGuard renews each 120 s. */
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
   * Whether the two have shaken hands, and not lately: what no longer answers at another port is the port of old. Just after a
   * start they have not done so yet, and the peer's first packet has already shown where it calls from.
   */
  readonly hasGoneSilent: boolean;
}

/**
 * Whether WireGuard may have learned a live endpoint from the peer's own packets. A peer behind NAT calls from any
 * address and port that its router gives it. Another one may call from any address that it has, but from the port it
 * listens on: with another port, what is live was set there, and is no longer true. A node's own router may show it another
 * port of a peer outside, when both call at once through a forward.
 */
export function mayBeLearned(inventory: Inventory, network: Network, learning: Learning): boolean {
  const { on, peer, live, hasGoneSilent } = learning;
  if (peer.roams || peer.endpoint === undefined) return true;
  const seen = splitHostPort(live);
  const isOutside = peer.endpoint.via !== 'lan';
  const mayDifferInPort = isOutside && !hasGoneSilent && isHidden(inventory, on);
  return seen !== undefined && (seen.port === network.port || mayDifferInPort);
}
