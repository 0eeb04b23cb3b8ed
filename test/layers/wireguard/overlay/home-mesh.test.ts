import { loadInventory } from '../../../../src/inventory/index.js';
import { renderConfig } from '../../../../src/layers/wireguard/overlay/config.js';
import { parseConfig } from '../../../../src/layers/wireguard/overlay/parse-config.js';
import { peersOf } from '../../../../src/layers/wireguard/overlay/peers.js';
import type { Network } from '../../../../src/model/inventory.js';

/** The blocks that the guide to this mesh writes by hand, in its own order. */
const GUIDE: Readonly<Record<string, string>> = {
  'ctb-edge-1': `
[Peer]
# wk-1 (via router WAN port-forward 51820 -> wk-1:51820)
PublicKey = <WK_1_PUB>
AllowedIPs = 172.27.15.11/32
Endpoint = 203.0.113.10:51820

[Peer]
# ms-1 (via router WAN port-forward 51821 -> ms-1:51820)
PublicKey = <MS_1_PUB>
AllowedIPs = 172.27.15.12/32
Endpoint = 203.0.113.10:51821

[Peer]
# wk-2 (via router WAN port-forward 51822 -> wk-2:51820)
PublicKey = <WK_2_PUB>
AllowedIPs = 172.27.15.13/32
Endpoint = 203.0.113.10:51822
`,
  'ms-1': `
[Peer]
# ctb-edge-1 (public)
PublicKey = <CTB_EDGE_1_PUB>
AllowedIPs = 172.27.15.31/32
Endpoint = 198.51.100.25:51820
PersistentKeepalive = 25

[Peer]
# wk-1 (LAN)
PublicKey = <WK_1_PUB>
AllowedIPs = 172.27.15.11/32
Endpoint = 192.168.15.3:51820

[Peer]
# wk-2 (LAN)
PublicKey = <WK_2_PUB>
AllowedIPs = 172.27.15.13/32
Endpoint = 192.168.15.4:51820
`,
  'wk-1': `
[Peer]
# ctb-edge-1 (public)
PublicKey = <CTB_EDGE_1_PUB>
AllowedIPs = 172.27.15.31/32
Endpoint = 198.51.100.25:51820
PersistentKeepalive = 25

[Peer]
# ms-1 (LAN)
PublicKey = <MS_1_PUB>
AllowedIPs = 172.27.15.12/32
Endpoint = 192.168.15.2:51820

[Peer]
# wk-2 (LAN)
PublicKey = <WK_2_PUB>
AllowedIPs = 172.27.15.13/32
Endpoint = 192.168.15.4:51820
`,
  'wk-2': `
[Peer]
# ctb-edge-1 (public)
PublicKey = <CTB_EDGE_1_PUB>
AllowedIPs = 172.27.15.31/32
Endpoint = 198.51.100.25:51820
PersistentKeepalive = 25

[Peer]
# ms-1 (LAN)
PublicKey = <MS_1_PUB>
AllowedIPs = 172.27.15.12/32
Endpoint = 192.168.15.2:51820

[Peer]
# wk-1 (LAN)
PublicKey = <WK_1_PUB>
AllowedIPs = 172.27.15.11/32
Endpoint = 192.168.15.3:51820
`,
};

const key = (node: string) => `<${node.toUpperCase().replaceAll('-', '_')}_PUB>`;
const byKey = (text: string) =>
  parseConfig(text).peers.toSorted((a, b) => a.publicKey.localeCompare(b.publicKey));

describe('the home mesh', () => {
  const configs = new Map<string, string>();
  let network: Network;

  beforeAll(async () => {
    const inventory = await loadInventory('inventory/home-mesh.yaml');
    [network] = inventory.networks as [Network];
    for (const member of network.members) {
      const peers = peersOf(inventory, network, member.node);
      configs.set(member.node, renderConfig({ network, member, peers, publicKeyOf: key }));
    }
  });

  it.each(Object.keys(GUIDE))('gives %s the peer blocks of the guide', (node) => {
    const wanted = byKey(GUIDE[node] ?? '');
    expect(wanted).toHaveLength(3);
    expect(byKey(configs.get(node) ?? '')).toEqual(wanted);
  });

  it('renders a configuration without a secret', () => {
    expect(configs.get('ms-1')).toBe(`# Managed by Bridgehead: edits here are overwritten by the next apply.

[Interface]
Address = 172.27.15.12/32
ListenPort = 51820
MTU = 1420
PostUp = wg set %i private-key /etc/wireguard/%i.key

[Peer]
# ctb-edge-1 (public)
PublicKey = <CTB_EDGE_1_PUB>
AllowedIPs = 172.27.15.31/32
Endpoint = 198.51.100.25:51820
PersistentKeepalive = 25

[Peer]
# wk-1 (lan)
PublicKey = <WK_1_PUB>
AllowedIPs = 172.27.15.11/32
Endpoint = 192.168.15.3:51820

[Peer]
# wk-2 (lan)
PublicKey = <WK_2_PUB>
AllowedIPs = 172.27.15.13/32
Endpoint = 192.168.15.4:51820
`);
    expect(configs.get('ctb-edge-1')).toContain('# ms-1 (via 203.0.113.10:51821 forwarded by home)');
  });
});
