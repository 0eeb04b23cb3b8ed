import { type KeyPair, makeKeyPair } from '../../layers/wireguard/clients/keys.js';
import type { Inventory } from '../../model/inventory.js';

/** A client of one network in the lab, where it has its own key. */
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
