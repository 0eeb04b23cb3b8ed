import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadInventory } from '../../src/inventory/index.js';
import { OVERWRITTEN } from '../../src/layers/shared/managed.js';
import { renderConfig } from '../../src/layers/wireguard/overlay/config.js';
import { peersOf } from '../../src/layers/wireguard/overlay/peers.js';
import { memberOf } from '../../src/model/atlas.js';
import { benchInventory } from '../inventory.js';

/** One peer of a node as people who write templates by hand give it to their tool. */
export interface PeerBlock {
  readonly name: string;
  /** The comment above it: the files of all tools are the same to the byte, so that none undoes another's. */
  readonly comment: string;
  readonly address: string;
  readonly endpoint: string;
  readonly keepalive: number;
}

/** Bridgehead's own configuration of every node; `publicKeyOf` may give placeholders. */
export async function configs(
  folder: string,
  size: number,
  moved: boolean,
  publicKeyOf: (node: string) => string,
): Promise<ReadonlyMap<string, string>> {
  const { inventory, network } = await meshOf(folder, size, moved);
  return new Map(
    inventory.nodes.map(({ name }) => {
      const peers = peersOf(inventory, network, name);
      return [name, renderConfig({ network, member: memberOf(network, name), peers, publicKeyOf })];
    }),
  );
}

async function meshOf(folder: string, size: number, moved: boolean) {
  const file = join(folder, 'mesh-config.yaml');
  writeFileSync(file, benchInventory(size, { moved }));
  const inventory = await loadInventory(file);
  const [network] = inventory.networks;
  if (!network) throw new Error('the measured inventory has no network');
  return { inventory, network };
}

/** The peers of every node. */
export async function meshConfig(
  folder: string,
  size: number,
  moved: boolean,
): Promise<ReadonlyMap<string, PeerBlock[]>> {
  const { inventory, network } = await meshOf(folder, size, moved);
  const texts = await configs(folder, size, moved, (node) => node);
  return new Map(
    inventory.nodes.map(({ name }) => {
      const comments = [...(texts.get(name) ?? '').matchAll(/^\[Peer\]\n# (.*)$/gm)].map(
        ([, comment = '']) => comment,
      );
      const blocks = peersOf(inventory, network, name).map((peer, index) => ({
        name: peer.node,
        comment: comments[index] ?? '',
        address: peer.addresses[0] ?? '',
        endpoint: `${peer.endpoint?.address}:${peer.endpoint?.port}`,
        keepalive: peer.keepalive ?? 0,
      }));
      return [name, blocks];
    }),
  );
}

/** A Jinja template that gives Bridgehead's own text, from a host's `overlay` and `peers` and each peer's public key. */
export function template(variables: string, publicKey: string): string {
  return `${OVERWRITTEN}

[Interface]
Address = {{ ${variables}overlay }}/32
ListenPort = 51820
MTU = 1420
PostUp = wg set %i private-key /etc/wireguard/%i.key
{% for peer in ${variables}peers %}

[Peer]
# {{ peer.comment }}
PublicKey = {{ ${publicKey} }}
AllowedIPs = {{ peer.address }}/32
Endpoint = {{ peer.endpoint }}
{% if peer.keepalive %}
PersistentKeepalive = {{ peer.keepalive }}
{% endif %}
{% endfor %}
`;
}

/** The file of kernel settings as Bridgehead writes it, read from a node that has it. */
export const SYSCTL_FILE = '/etc/sysctl.d/99-bridgehead-mesh.conf';
