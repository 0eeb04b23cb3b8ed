import { readdirSync } from 'node:fs';
import { wgQuickFiles } from '../../../src/app/export/wg-quick.js';
import { importSources } from '../../../src/app/import/import.js';
import { loadInventory } from '../../../src/inventory/index.js';
import type { Inventory } from '../../../src/model/inventory.js';

/** What several configurations can say of a network together. */
const essence = ({ networks }: { networks: readonly Partial<Inventory['networks'][0]>[] }) =>
  networks.map((network) => ({
    interface: network.interface,
    ranges: network.ranges,
    port: network.port,
    mtu: network.mtu,
    shape: network.shape,
    hubs: network.hubs,
    presharedKeys: network.presharedKeys,
    members: network.members?.map(({ node, addresses }) => `${node} ${addresses}`),
    advertises: network.advertises?.map(({ node, subnets }) => `${node} ${subnets}`),
  }));

describe('exported wg-quick files', () => {
  it('are one a node and client, with placeholders for keys', async () => {
    const files = wgQuickFiles(await loadInventory('inventory/phone-home.yaml'));
    expect([...files.keys()]).toEqual(['vps/wg0.conf', 'node-a/wg0.conf', 'clients/phone.conf']);
    expect(
      files.get('node-a/wg0.conf'),
    ).toBe(`# node-a in home. Written by \`bridgehead export wg-quick\`; <...> are keys, which are only on their machines.
# It forwards packets: turn forwarding on, and allow it in the firewall.
[Interface]
Address = 10.8.0.3/24
ListenPort = 51820
MTU = 1420
PrivateKey = <private key of node-a>

[Peer]
# vps
PublicKey = <public key of vps>
AllowedIPs = 10.8.0.0/24
Endpoint = 198.51.100.8:51820
PersistentKeepalive = 25
`);
    expect(files.get('clients/phone.conf')).toContain('PublicKey = <public key of vps>\n');
  });

  it.each(readdirSync('inventory'))('of the shipped %s are imported as the same networks', async (name) => {
    const inventory = await loadInventory(`inventory/${name}`);
    const nodes = [...wgQuickFiles(inventory)].filter(([path]) => !path.startsWith('clients/'));
    const { draft } = importSources(
      nodes.map(([file, text]) => ({ file, text })),
      'x',
    );
    expect(essence(draft as never)).toEqual(essence(inventory));
    // The other one with a relay doesn't need it: all pairs connect.
    if (name === 'relay.yaml') expect(draft.networks[0]?.relay).toBe(inventory.networks[0]?.relay);
  });
});
