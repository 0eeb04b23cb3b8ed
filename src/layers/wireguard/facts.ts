/** Key of the fact that holds a node's WireGuard public key for an interface. */
export function publicKeyFact(interfaceName: string): string {
  return `public-key.${interfaceName}`;
}

/**
 * Key of the fact that holds the checksum of a node's preshared key for a peer, as PairSecret's `sha256`; empty if it has
 * none.
 */
export function presharedKeyFact(interfaceName: string, peer: string): string {
  return `psk-hash.${interfaceName}.${peer}`;
}
