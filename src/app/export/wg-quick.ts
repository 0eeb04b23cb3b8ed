import { publicClientConfig } from '../../layers/wireguard/overlay/client-config.js';
import { peersOf } from '../../layers/wireguard/overlay/peers.js';
import type { Peer } from '../../layers/wireguard/overlay/types.js';
import { hostPort, inRange, prefixLength } from '../../model/address.js';
import type { Inventory, Member, Network } from '../../model/inventory.js';
import { forwardsPackets } from '../../model/shape.js';

/** Configurations by path: `NODE/wg0.conf`, and `clients/NAME.conf`. Keys are placeholders, since they stay on their machines. */
export function wgQuickFiles(inventory: Inventory): ReadonlyMap<string, string> {
  const files = inventory.networks.flatMap((network): [string, string][] => [
    ...network.members.map((member): [string, string] => [
      `${member.node}/${network.interface}.conf`,
      configText(inventory, network, member),
    ]),
    ...network.clients.map(({ name }): [string, string] => [
      `clients/${name}.conf`,
      publicClientConfig(inventory, network, name, placeholder('public', network.hubOf[name] ?? '')),
    ]),
  ]);
  return new Map(files);
}

const placeholder = (kind: string, ...names: string[]): string => `<${kind} key of ${names.join(' and ')}>`;

function configText(inventory: Inventory, network: Network, { node, addresses }: Member): string {
  const lines = [
    `# ${node} in ${network.name}. Written by \`bridgehead export wg-quick\`; <...> are keys, which are only on their machines.`,
    ...(forwardsPackets(inventory, network, node)
      ? ['# It forwards packets: turn forwarding on, and allow it in the firewall.']
      : []),
    '[Interface]',
    `Address = ${addresses.map((address) => inNetwork(network, address)).join(', ')}`,
    `ListenPort = ${network.port}`,
    `MTU = ${network.mtu}`,
    `PrivateKey = ${placeholder('private', node)}`,
    ...peersOf(inventory, network, node).flatMap((peer) => peerLines(network, node, peer)),
  ];
  return `${lines.join('\n')}\n`;
}

/** An address with the prefix length of its range, `10.8.0.1/24`. */
function inNetwork({ ranges }: Network, address: string): string {
  const range = ranges.find((one) => inRange(address, one)) ?? '';
  return `${address}/${prefixLength(range)}`;
}

function peerLines(network: Network, node: string, peer: Peer): string[] {
  const { endpoint, keepalive, publicKey } = peer;
  return [
    '',
    '[Peer]',
    `# ${peer.node}`,
    `PublicKey = ${publicKey ?? placeholder('public', peer.node)}`,
    ...(network.presharedKeys
      ? [`PresharedKey = ${placeholder('preshared', ...[node, peer.node].sort())}`]
      : []),
    `AllowedIPs = ${peer.allowedIps.join(', ')}`,
    ...(endpoint ? [`Endpoint = ${hostPort(endpoint.address, endpoint.port)}`] : []),
    ...(keepalive === undefined ? [] : [`PersistentKeepalive = ${keepalive}`]),
  ];
}
