import type { Inventory } from '../../src/model/inventory.js';
import { BARE } from '../fixtures/bare.js';
import { node, ssh } from '../fixtures/home-mesh-inventory.js';

/** Two NATed homes on the same range, a routed site, dual stack, jump hosts, a name, odd ports. */
export const manySites: Inventory = {
  file: 'many.yaml',
  name: 'many sites',
  networks: [],
  lab: {},
  ...BARE,
  sites: [
    {
      name: 'home',
      subnets: ['192.168.15.0/24', 'fd00:15::/64'],
      publicAddresses: ['203.0.113.10', '2001:db8:a::1'],
      nat: true,
      forwards: [{ protocol: 'udp', port: 51821, node: 'a-1', nodePort: 51820 }],
    },
    {
      name: 'cabin',
      subnets: ['192.168.15.0/24'],
      router: '192.168.15.254',
      publicAddresses: ['203.0.113.11'],
      nat: true,
      forwards: [{ protocol: 'tcp', port: 2201, node: 'b-1', nodePort: 2200 }],
    },
    {
      name: 'dc',
      subnets: ['10.9.0.0/24', '2001:db8:dc::/64'],
      publicAddresses: [],
      nat: false,
      forwards: [],
    },
  ],
  nodes: [
    node('edge', {
      publicAddresses: ['198.51.100.25', '2001:db8:b::25'],
      ssh: ssh('2001:db8:b::25', { port: 2222 }),
    }),
    node('a-1', {
      site: 'home',
      lanAddresses: ['192.168.15.1', 'fd00:15::2'],
      ssh: ssh('a-1.example.net', { user: 'ops' }),
    }),
    node('b-1', { site: 'cabin', lanAddresses: ['192.168.15.3'], ssh: ssh('203.0.113.11', { port: 2201 }) }),
    node('b-2', { site: 'cabin', lanAddresses: ['192.168.15.4'], ssh: ssh('b-2.lan', { jump: 'b-1' }) }),
    node('d-1', {
      site: 'dc',
      lanAddresses: ['10.9.0.6'],
      publicAddresses: ['198.51.100.99'],
      ssh: ssh('10.9.0.6', { jump: 'root@198.51.100.25:2222' }),
    }),
    node('six', { publicAddresses: ['2001:db8:b::66'], ssh: ssh('2001:db8:b::66') }),
  ],
};
