import { hostPort, hostRoute } from '../../../model/address.js';
import type { Member, Network } from '../../../model/inventory.js';
import { OVERWRITTEN } from '../../shared/managed.js';
import { presharedKeyFile } from '../keys/preshared-files.js';
import { sharesKey } from './peers.js';
import type { Peer } from './types.js';

export interface ConfigParts {
  readonly network: Network;
  /** With addresses that are bare, or have the prefix length that they are to keep. */
  readonly member: Member;
  readonly peers: readonly Peer[];
  /** The public key of a node, in base64. A client's is part of its peer. */
  readonly publicKeyOf: (node: string) => string;
}

/** The text of a member's wg-quick configuration. It holds no secret: private and preshared keys are read from their files when the interface comes up. */
export function renderConfig({ network, member, peers, publicKeyOf }: ConfigParts): string {
  const keyOf = (peer: Peer): string => peer.publicKey ?? publicKeyOf(peer.node);
  const lines = [
    OVERWRITTEN,
    '',
    '[Interface]',
    ...member.addresses.map((address) => `Address = ${address.includes('/') ? address : hostRoute(address)}`),
    `ListenPort = ${network.port}`,
    `MTU = ${network.mtu}`,
    // Without a private key no handshake starts, so none is tried before its preshared key is set.
    ...peers.filter((peer) => sharesKey(network, peer)).map((peer) => presharedLine(keyOf(peer), peer.node)),
    'PostUp = wg set %i private-key /etc/wireguard/%i.key',
  ];
  for (const peer of peers) {
    const { endpoint, keepalive } = peer;
    lines.push('', '[Peer]', `# ${peer.node} (${describe(peer)})`);
    lines.push(`PublicKey = ${keyOf(peer)}`, `AllowedIPs = ${peer.allowedIps.join(', ')}`);
    if (endpoint) lines.push(`Endpoint = ${hostPort(endpoint.address, endpoint.port)}`);
    if (keepalive !== undefined) lines.push(`PersistentKeepalive = ${keepalive}`);
  }
  return `${lines.join('\n')}\n`;
}

function presharedLine(publicKey: string, peer: string): string {
  return `PostUp = wg set %i peer ${publicKey} preshared-key ${presharedKeyFile('%i', peer)}`;
}

function describe({ endpoint, relays, hub, client, unmanaged }: Peer): string {
  if (unmanaged) return 'unmanaged';
  if (client) return 'client';
  // Listing all members behind a hub would rewrite every spoke's file whenever one joins.
  const role = hub ? '; hub' : relays ? `; relays ${relays.join(', ')}` : '';
  if (!endpoint) return `calls us${role}`;
  const { address, port, via, site } = endpoint;
  const way = via === 'forward' ? `via ${hostPort(address, port)} forwarded by ${site}` : via;
  return `${way}${role}`;
}
