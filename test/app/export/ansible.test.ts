import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Draft } from '../../../src/app/draft/draft.js';
import { inventoryText } from '../../../src/app/draft/inventory-text.js';
import { ansibleText } from '../../../src/app/export/ansible.js';
import { importSources } from '../../../src/app/import/import.js';
import { loadInventory } from '../../../src/inventory/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { machines } from './machines.js';

/** The nodes, and the sites that have some, as an inventory says them; by name, since Ansible keeps no order. */
function machinesText({ name, nodes, sites }: Draft): string {
  const used = sites.filter((site) => nodes.some((node) => node.site === site.name));
  return inventoryText({ name, nodes: byName(nodes), sites: byName(used), networks: [] });
}

const byName = <T extends { readonly name: string }>(things: readonly T[]): T[] =>
  things.toSorted((a, b) => (a.name < b.name ? -1 : 1));

function thereAndBack(inventory: Inventory, text = ansibleText(inventory)): string {
  const { draft, notes } = importSources([{ file: 'hosts.yml', text }], inventory.name);
  expect(notes).toEqual([]);
  return machinesText(draft);
}

/** What `ansible-inventory --list` makes of an exported inventory: each host with all its variables. */
function listed(inventory: Inventory): string {
  const { all } = parse(ansibleText(inventory));
  const hostvars = Object.fromEntries(
    Object.keys(all.hosts).map((host) => {
      const groups = Object.values<{ hosts: object; vars?: object }>(all.children ?? {});
      const vars = groups.filter(({ hosts }) => host in hosts).map((group) => group.vars ?? {});
      return [host, Object.assign({}, ...vars, all.hosts[host])];
    }),
  );
  const groups = Object.entries<{ hosts: object }>(all.children ?? {});
  const members = groups.map(([name, { hosts }]) => [name, { hosts: Object.keys(hosts) }]);
  const children = [...groups.map(([name]) => name), 'ungrouped'];
  return JSON.stringify({ _meta: { hostvars }, all: { children }, ...Object.fromEntries(members) }, null, 4);
}

describe('an exported Ansible inventory', () => {
  it('has groups by role, site and network, and jumps through the jump hosts of jump hosts', async () => {
    const inventory = await loadInventory('inventory/home-mesh.yaml');
    const jumps: Record<string, string> = { 'ms-1': 'ctb-edge-1', 'wk-1': 'ms-1' };
    const nodes = inventory.nodes.map((node) => {
      const jump = jumps[node.name];
      return jump === undefined ? node : { ...node, ssh: { ...node.ssh, port: 22, jump } };
    });
    const { all } = parse(ansibleText({ ...inventory, nodes }));
    expect(all.hosts['wk-1']).toMatchObject({
      ansible_host: '192.168.15.3',
      ansible_user: 'ops',
      ansible_become: true,
      ansible_ssh_common_args: '-o ProxyJump=root@198.51.100.25,ops@192.168.15.2:22',
      bridgehead_addresses: { mesh: ['172.27.15.11'] },
    });
    expect(all.hosts['ctb-edge-1']).not.toHaveProperty('ansible_become');
    expect(Object.keys(all.children)).toEqual([
      'role_edge',
      'role_server',
      'role_worker',
      'site_home',
      'network_mesh',
    ]);
  });

  it.each(readdirSync('inventory'))('of the shipped %s is imported as the same machines', async (name) => {
    const inventory = await loadInventory(`inventory/${name}`);
    expect(thereAndBack(inventory)).toBe(machinesText(inventory));
  });

  it('of any inventory is imported as the same machines', () => {
    fc.assert(
      fc.property(machines, (inventory) => {
        expect(thereAndBack(inventory)).toBe(machinesText(inventory));
        expect(thereAndBack(inventory, listed(inventory))).toBe(machinesText(inventory));
      }),
      { numRuns: 50 },
    );
  });
});
