import type { GateContext } from '../../../../src/layers/gate.js';
import type { Inventory } from '../../../../src/model/inventory.js';
import { BARE } from '../../../fixtures/bare.js';
import { node, ssh } from '../../../fixtures/home-mesh-inventory.js';
import { gateContext, NETWORK } from './fixture.js';

/** A hub, a gateway to its home LAN, a spoke elsewhere, and a machine on the LAN that runs no WireGuard. */
export const hubInventory: Inventory = {
  file: 'inventory/hub.yaml',
  name: 'hub',
  sites: [
    {
      name: 'home',
      subnets: ['192.168.1.0/24'],
      router: '192.168.1.1',
      publicAddresses: ['203.0.113.8'],
      nat: true,
      forwards: [],
    },
  ],
  nodes: [
    node('vps', { publicAddresses: ['198.51.100.8'], ssh: ssh('198.51.100.8') }),
    node('node-a', { site: 'home', lanAddresses: ['192.168.1.10'], ssh: ssh('192.168.1.10') }),
    node('far', { publicAddresses: ['198.51.100.9'], ssh: ssh('198.51.100.9') }),
    node('lan-1', { site: 'home', lanAddresses: ['192.168.1.100'], ssh: ssh('192.168.1.100') }),
  ],
  networks: [
    {
      ...NETWORK,
      name: 'home',
      ranges: ['10.8.0.0/24'],
      shape: 'hub',
      hubs: ['vps'],
      hubOf: { 'node-a': 'vps', far: 'vps' },
      members: [
        { node: 'vps', addresses: ['10.8.0.1'] },
        { node: 'node-a', addresses: ['10.8.0.3'] },
        { node: 'far', addresses: ['10.8.0.4'] },
      ],
      advertises: [{ node: 'node-a', subnets: ['192.168.1.0/24'], nat: 'masquerade' }],
    },
  ],
  lab: {},
  ...BARE,
};

export function withNat(nat: 'masquerade' | 'none'): Inventory {
  const advertises = [{ node: 'node-a', subnets: ['192.168.1.0/24'], nat }];
  return { ...hubInventory, networks: hubInventory.networks.map((network) => ({ ...network, advertises })) };
}

export function hubContext(changes: Partial<GateContext<object>> = {}): GateContext<object> {
  return gateContext<object>({}, { inventory: hubInventory, ...changes });
}
