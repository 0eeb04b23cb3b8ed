import type { Network } from '../../../../model/inventory.js';
import type { KeyedPair } from '../../../pair-secrets.js';
import type { Facts } from '../../../step.js';
import { presharedKeyFact } from '../../facts.js';
import { presharedKeyFile } from '../../keys/preshared-files.js';
import { peersOf } from '../../overlay/peers.js';
import type { Peer } from '../../overlay/types.js';
import type { PresharedKeysContext, PresharedKeysSeen, SeenPresharedKey } from './seen.js';

/** The checksum of the key that both sides have already. A client's key can't be read: its hub's is assumed to be right. */
export function agreedOn(
  self: string,
  network: Network,
  peer: Peer,
  own: SeenPresharedKey | undefined,
  facts: Facts,
): string | undefined {
  if (peer.client) return own?.sha256;
  return facts.get(peer.node, presharedKeyFact(network.interface, self)) || undefined;
}

/** The pairs that don't agree on a key, and that no new one was made for yet. */
export function unagreed(
  { inventory, node, networks, secrets }: PresharedKeysContext,
  seen: PresharedKeysSeen,
  facts: Facts,
): readonly KeyedPair[] {
  return networks
    .filter(({ presharedKeys }) => presharedKeys)
    .flatMap((network) =>
      peersOf(inventory, network, node.name).flatMap((peer): KeyedPair[] => {
        if (peer.unmanaged) return [];
        if (secrets.made(network.name, node.name, peer.node) !== undefined) return [];
        const own = seen.get(presharedKeyFile(network.interface, peer.node));
        const isAgreed = own !== undefined && own.sha256 === agreedOn(node.name, network, peer, own, facts);
        return isAgreed ? [] : [{ network: network.name, nodes: [node.name, peer.node] }];
      }),
    );
}
