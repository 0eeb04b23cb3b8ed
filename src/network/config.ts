import type { Member, Network } from '../inventory/types.js';
import { hostPort, hostRoute } from './address.js';
import type { Peer } from './types.js';

/** First line of every configuration that we write; a file without it is somebody else's. */
export const HEADER = '# Managed by Bridgehead: edits here are overwritten by the next apply.';

export interface ConfigParts {
  readonly network: Network;
  readonly member: Member;
  readonly peers: readonly Peer[];
  /** The public key of a node, in base64. */
  readonly publicKeyOf: (node: string) => string;
}

/** The text of a member's wg-quick configuration. It holds no secret: the private key is read from its file when the interface comes up. */
export function renderConfig({ network, member, peers, publicKeyOf }: ConfigParts): string {
  const lines = [
    HEADER,
    '',
    '[Interface]',
    ...member.addresses.map((address) => `Address = ${hostRoute(address)}`),
    `ListenPort = ${network.port}`,
    `MTU = ${network.mtu}`,
    'PostUp = wg set %i private-key /etc/wireguard/%i.key',
  ];
  for (const peer of peers) {
    const { endpoint, keepalive } = peer;
    lines.push('', '[Peer]', `# ${peer.node} (${describe(peer)})`);
    lines.push(`PublicKey = ${publicKeyOf(peer.node)}`, `AllowedIPs = ${peer.allowedIps.join(', ')}`);
    if (endpoint) lines.push(`Endpoint = ${hostPort(endpoint.address, endpoint.port)}`);
    if (keepalive !== undefined) lines.push(`PersistentKeepalive = ${keepalive}`);
  }
  return `${lines.join('\n')}\n`;
}

function describe({ endpoint, relays }: Peer): string {
  const relayed = relays ? `; relays ${relays.join(', ')}` : '';
  if (!endpoint) return `calls us${relayed}`;
  const { address, port, via, site } = endpoint;
  const way = via === 'forward' ? `via ${hostPort(address, port)} forwarded by ${site}` : via;
  return `${way}${relayed}`;
}
