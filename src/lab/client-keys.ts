import nacl from 'tweetnacl';
import type { Inventory, Network } from '../inventory/types.js';
import { Secret } from '../secret.js';

/** What a client of one network is in the lab, where it has a key of its own. */
export interface ClientKey {
  readonly network: string;
  readonly client: string;
  /** Base64. */
  readonly publicKey: string;
  /** Base64, clamped as WireGuard shows it. */
  readonly privateKey: Secret;
}

/** A fresh key for every client of every network. */
export function makeClientKeys(inventory: Inventory): readonly ClientKey[] {
  return inventory.networks.flatMap((network) =>
    network.clients.map(({ name }) => makeClientKey(network, name)),
  );
}

function makeClientKey(network: Network, client: string): ClientKey {
  const { publicKey, secretKey } = nacl.box.keyPair();
  const privateKey = clamped(secretKey);
  return {
    network: network.name,
    client,
    publicKey: Buffer.from(publicKey).toString('base64'),
    privateKey: new Secret(Buffer.from(privateKey).toString('base64')),
  };
}

function clamped(key: Uint8Array): Uint8Array {
  return key.map((byte, index) => {
    if (index === 0) return byte & 248;
    return index === 31 ? (byte & 127) | 64 : byte;
  });
}
