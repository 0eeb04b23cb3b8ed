import { type KeyPair, makeKeyPair } from '../../layers/wireguard/clients/keys.js';
import type { Inventory } from '../../model/inventory.js';

/** What a client of one network is in the lab, where it has a key of its own. */
export interface ClientKey extends KeyPair {
  readonly network: string;
  readonly client: string;
}

/** A fresh key for every client of every network. */
export function makeClientKeys(inventory: Inventory): readonly ClientKey[] {
  return inventory.networks.flatMap((network) =>
    network.clients.map((client) => ({ network: network.name, client: client.name, ...makeKeyPair() })),
  );
}
