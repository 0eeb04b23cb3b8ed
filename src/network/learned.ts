import type { Inventory, Network } from '../inventory/types.js';
import { atlasOf } from './atlas.js';
import type { Peer } from './types.js';

/** `address:port` or `[address]:port`, as `wg show` prints it, in its two parts; undefined for anything else. */
export function splitHostPort(text: string): { readonly address: string; readonly port: number } | undefined {
  const [, six, four, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d+)$/.exec(text) ?? [];
  const address = six ?? four;
  return address === undefined ? undefined : { address, port: Number(port) };
}

/**
 * Whether WireGuard may have learned a live endpoint from the peer's own packets. A peer behind NAT calls from any
 * address and port that its router gives it. Another one calls from the port it listens on, and a public one from an
 * address that the inventory knows: whatever else is live was set there, and is no longer true.
 *
 * @param live As `wg show` prints it.
 */
export function mayBeLearned(inventory: Inventory, network: Network, peer: Peer, live: string): boolean {
  if (peer.roams || peer.endpoint === undefined) return true;
  const seen = splitHostPort(live);
  if (seen === undefined || seen.port !== network.port) return false;
  const atlas = atlasOf(inventory);
  const node = atlas.nodes.get(peer.node);
  if (peer.endpoint.via !== 'public' || !node || node.publicAddresses.length === 0) return true;
  const site = node.site === undefined ? undefined : atlas.sites.get(node.site);
  const known = [...node.publicAddresses, ...node.lanAddresses, ...(site?.publicAddresses ?? [])];
  return known.includes(seen.address);
}
