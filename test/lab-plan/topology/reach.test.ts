import { InputError } from '../../../src/core/errors.js';
import { planLab } from '../../../src/lab/topology/lab.js';
import type { Inventory, Node } from '../../../src/model/inventory.js';
import { homeMesh, node, ssh } from '../../fixtures/home-mesh-inventory.js';
import { manySites } from '../fixtures.js';

function problems(inventory: Inventory): string[] {
  try {
    planLab(inventory);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

function withNodes(nodes: readonly Node[], laptop?: string): Inventory {
  return { ...manySites, nodes, lab: laptop === undefined ? {} : { laptop } };
}

describe('how to connect to machines', () => {
  it('follows addresses, names, forwards and jump hosts', () => {
    const dials = planLab(manySites).dials;
    expect(
      dials.map(({ node, host, port, address, nodePort, through }) => [
        node,
        host,
        port,
        address,
        nodePort,
        through,
      ]),
    ).toEqual([
      ['edge', '2001:db8:b::25', 2222, '2001:db8:b::25', 2222, undefined],
      ['a-1', 'a-1.example.net', 22, '192.168.15.1', 22, undefined],
      ['b-1', '203.0.113.11', 2201, '203.0.113.11', 2200, undefined],
      ['b-2', 'b-2.lan', 22, '192.168.15.4', 22, 'b-1'],
      ['edge', '198.51.100.25', 2222, '198.51.100.25', 2222, undefined],
      ['d-1', '10.9.0.6', 22, '10.9.0.6', 22, 'edge'],
      ['six', '2001:db8:b::66', 22, '2001:db8:b::66', 22, undefined],
    ]);
  });

  it.each([
    [
      'a LAN address of another site',
      withNodes(
        [node('b-1', { site: 'cabin', lanAddresses: ['192.168.15.3'], ssh: ssh('192.168.15.3') })],
        'home',
      ),
      'nodes.b-1.ssh.host: 192.168.15.3 is an address inside site cabin, which the laptop (in site home) cannot reach',
    ],
    [
      'a router without the forward',
      withNodes([node('b-1', { site: 'cabin', lanAddresses: ['192.168.15.3'], ssh: ssh('203.0.113.11') })]),
      'nodes.b-1.ssh.host: 203.0.113.11 is the router of site cabin, which forwards no tcp port 22',
    ],
    [
      "a forward that leads to another node's sshd",
      withNodes([
        node('b-2', {
          site: 'cabin',
          lanAddresses: ['192.168.15.4'],
          ssh: ssh('203.0.113.11', { port: 2201 }),
        }),
      ]),
      'nodes.b-2.ssh.host: 203.0.113.11 is the router of site cabin, which sends tcp to node b-1 on port 2201',
    ],
    [
      'its own router from inside',
      withNodes(
        [
          node('b-1', {
            site: 'cabin',
            lanAddresses: ['192.168.15.3'],
            ssh: ssh('203.0.113.11', { port: 2201 }),
          }),
        ],
        'cabin',
      ),
      "nodes.b-1.ssh.host: 203.0.113.11 is the router behind which the laptop itself is, and home routers don't pass such connections back in (hairpin NAT)",
    ],
    [
      'an address of nobody',
      withNodes([node('c', { publicAddresses: ['198.51.100.1'], ssh: ssh('198.51.100.200') })]),
      "nodes.c.ssh.host: 198.51.100.200 belongs neither to the node nor to its site's router, so nothing in the lab answers there",
    ],
    [
      'a jump host that isn’t a node',
      withNodes([
        node('c', { publicAddresses: ['198.51.100.1'], ssh: ssh('198.51.100.1', { jump: 'bastion' }) }),
      ]),
      'nodes.c.ssh.jump: bastion is not a node of the inventory, so the lab does not have that machine',
    ],
    [
      'a node without any address',
      withNodes([node('c', { ssh: ssh('c') })]),
      'nodes.c: the node has no address',
    ],
    [
      "a node with its router's address",
      withNodes([node('c', { publicAddresses: ['203.0.113.11'], ssh: ssh('203.0.113.11') })]),
      'nodes.c.public: 203.0.113.11 belongs to the router of site cabin',
    ],
    [
      'a laptop at a site that there is not',
      { ...homeMesh, lab: { laptop: 'hme' } },
      'lab.laptop: no site named hme',
    ],
  ])('refuses %s', (_, inventory, message) => {
    expect(problems(inventory)).toEqual([message]);
  });

  it('places the laptop where every node can be dialled, when nothing is said', () => {
    const cabin = node('b-1', { site: 'cabin', lanAddresses: ['192.168.15.3'], ssh: ssh('192.168.15.3') });
    expect(planLab(withNodes([cabin])).laptop.site).toBe('cabin');
  });

  it('reports every unreachable node at once', () => {
    const inventory = { ...homeMesh, lab: { laptop: 'elsewhere' }, sites: [...homeMesh.sites] };
    inventory.sites.push({
      name: 'elsewhere',
      subnets: ['10.0.0.0/24'],
      publicAddresses: [],
      nat: true,
      forwards: [],
    });
    expect(problems(inventory)).toHaveLength(3);
  });
});
