import { bareAddress } from '../../../model/address.js';
import type { LiveInterface } from './live.js';
import type { WantedInterface } from './repair.js';

/**
 * Whether a running interface is about to change in a way that its peers must follow: its port, its key, an address that it
 * loses, a preshared key, or a peer in place of another. Until they have, tunnels that worked before are down. Additions,
 * and changes that only concern one side, don't count.
 */
export function peersMustFollow(
  wanted: WantedInterface,
  live: LiveInterface,
  ownKey: string | undefined,
): boolean {
  const bareWanted = wanted.addresses.map(bareAddress);
  const seen = new Map(live.peers.map((peer) => [peer.publicKey, peer]));
  const kept = wanted.peers.filter(({ publicKey }) => seen.has(publicKey));
  const isSwapped = kept.length < wanted.peers.length && kept.length < live.peers.length;
  return (
    live.port !== wanted.port ||
    live.publicKey !== (ownKey ?? '') ||
    live.addresses.some((address) => !bareWanted.includes(bareAddress(address))) ||
    kept.some(({ publicKey, presharedKey }) => seen.get(publicKey)?.presharedKey !== presharedKey?.sha256) ||
    isSwapped
  );
}
