import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import type { Draft } from '../../../src/app/draft/draft.js';
import { inventoryText } from '../../../src/app/draft/inventory-text.js';
import { parseYaml } from '../../../src/document/index.js';
import { loadInventory, resolveDocument } from '../../../src/inventory/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { hubInventories, inventories } from '../../layers/wireguard/overlay/arbitrary.js';

const read = (text: string, file = 'inventory.yaml'): Inventory =>
  resolveDocument(parseYaml(file, text)).inventory;

const PHONE_HOME: Draft = {
  name: 'phone-home',
  comment: 'Found on 2026-11-29.\nCheck it.',
  sites: [
    {
      name: 'home',
      comment: 'LAN of node-a',
      subnets: ['192.168.1.0/24'],
      publicAddresses: ['203.0.113.8'],
      forwards: [{ port: 51820, node: 'node-a', comment: 'measured' }],
    },
  ],
  nodes: [
    { name: 'vps', publicAddresses: ['198.51.100.8', '2001:db8::8'], ssh: { user: 'root' } },
    {
      name: 'node-a',
      comment: 'Debian 12\neth0',
      site: 'home',
      lanAddresses: ['192.168.1.10'],
      ssh: { host: 'node-a.lan', port: 2222, key: '~/.ssh/id_ed25519', sudo: 'password' },
    },
  ],
  networks: [
    {
      name: 'home',
      shape: 'hub',
      hubs: ['vps'],
      ranges: ['10.86.0.0/24'],
      members: [
        { node: 'vps', addresses: ['10.86.0.1'] },
        { node: 'node-a', addresses: ['10.86.0.2'], comment: 'the gateway' },
      ],
      advertises: [{ node: 'node-a', subnets: ['192.168.1.0/24'] }],
      clients: [
        {
          name: 'phone',
          addresses: ['10.86.0.3'],
          reach: [
            { kind: 'lan' },
            { kind: 'node', node: 'vps', service: { protocol: 'tcp', port: 3000 } },
            { kind: 'range', range: '192.168.1.1/32', service: { protocol: 'udp', port: 53 } },
          ],
        },
      ],
    },
  ],
};

describe('the text of an inventory', () => {
  it('has the schema line on top, comments, and only what is not a default', () => {
    expect(inventoryText(PHONE_HOME)).toBe(`# yaml-language-server: $schema=schemas/inventory.schema.json
#
# Found on 2026-11-29.
# Check it.

name: phone-home

# The LANs that the machines are in.
sites:
  # LAN of node-a
  home:
    subnet: 192.168.1.0/24
    public: 203.0.113.8
    # Ports of the router's public address that it forwards to machines.
    forwards:
      # measured
      - { port: 51820, node: node-a }

# The machines, reached over SSH.
nodes:
  vps: { public: [ 198.51.100.8, 2001:db8::8 ], ssh: { user: root } }
  # Debian 12
  # eth0
  node-a:
    site: home
    lan: 192.168.1.10
    ssh: { host: node-a.lan, port: 2222, key: ~/.ssh/id_ed25519, sudo: password }

# The private networks that connect them.
networks:
  home:
    shape: hub
    hub: vps
    range: 10.86.0.0/24
    # The members and their addresses in this network.
    addresses:
      vps: 10.86.0.1
      # the gateway
      node-a: 10.86.0.2
    # LANs that the others reach through a member.
    advertise:
      node-a: { subnets: 192.168.1.0/24 }
    # Phones and laptops, which get a configuration and no SSH.
    clients:
      phone: { address: 10.86.0.3, reach: [ lan, vps:3000, 192.168.1.1:53/udp ] }
`);
  });

  it('is valid', () => {
    const { networks } = read(inventoryText(PHONE_HOME));
    expect(networks[0]).toMatchObject({ interface: 'wg0', port: 51820, hubOf: { phone: 'vps' } });
  });

  it('leaves out sections with nothing in them', () => {
    const text = inventoryText({
      name: 'x',
      sites: [],
      networks: [],
      nodes: [{ name: 'a', publicAddresses: ['198.51.100.1'] }],
    });
    expect(text.split('\n').filter((line) => /^\w/.test(line))).toEqual(['name: x', 'nodes:']);
  });

  it.each(readdirSync('inventory'))('means what the shipped %s means', async (name) => {
    // A draft knows only of machines and of WireGuard networks.
    const { tailnets = [], ...all } = await loadInventory(`inventory/${name}`);
    const others = new Set(tailnets.map((tailnet) => `network ${tailnet.name}`));
    const openings = all.openings.filter(
      ({ because }) => /^(gate|network) /.test(because) && !others.has(because),
    );
    const inventory = { ...all, firewall: [], closed: [], edges: [], apps: [], openings };
    expect(read(inventoryText(inventory), inventory.file)).toEqual(inventory);
  });

  it('means what any valid inventory means', () => {
    fc.assert(
      fc.property(fc.oneof(inventories, hubInventories), (inventory) => {
        const meant = meaning(inventory);
        fc.pre(meant !== undefined);
        // What the rest of it derives is in no text.
        expect({ ...meant, openings: [] }).toEqual(inventory);
      }),
      { numRuns: 30 },
    );
  });
});

/** What the text of it is read as; undefined if the inventory itself can't work. */
function meaning(inventory: Inventory): Inventory | undefined {
  const text = inventoryText(inventory);
  try {
    return read(text, inventory.file);
  } catch (error) {
    expect(String(error)).not.toMatch(/unknown key|must be a|is missing|is not an/);
    return undefined;
  }
}
