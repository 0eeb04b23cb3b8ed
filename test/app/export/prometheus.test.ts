import { prometheusText } from '../../../src/app/export/prometheus.js';
import { loadInventory } from '../../../src/inventory/index.js';

it('targets for Prometheus are the overlay addresses, with what is known of each node', async () => {
  const inventory = await loadInventory('inventory/phone-home.yaml');
  expect(JSON.parse(prometheusText(inventory, 9100)).slice(0, 3)).toEqual([
    {
      targets: ['10.8.0.1:9100'],
      labels: { node: 'vps', inventory: 'phone-home', network: 'home', role: 'hub' },
    },
    {
      targets: ['10.8.0.3:9100'],
      labels: { node: 'node-a', inventory: 'phone-home', network: 'home', role: 'gateway', site: 'home' },
    },
    { targets: ['192.168.1.100:9100'], labels: { node: 'lan-1', inventory: 'phone-home', site: 'home' } },
  ]);
});

it('IPv6 targets are in brackets', async () => {
  const inventory = await loadInventory('inventory/dual-stack.yaml');
  const networks = inventory.networks.map((network) => ({
    ...network,
    members: network.members.map(({ node, addresses }) => ({ node, addresses: addresses.slice(1) })),
  }));
  expect(prometheusText({ ...inventory, networks }, 80)).toContain('"[fda8:a1db:5685:86::201]:80"');
});
