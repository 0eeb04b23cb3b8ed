import { type Removal, sshOver } from '../../../../src/layers/wireguard/tunnel/ssh-over.js';
import type { Inventory, Network } from '../../../../src/model/inventory.js';
import { homeMesh, node, ssh } from '../../../fixtures/home-mesh-inventory.js';

const PC2 = '172.27.15.99/32';

interface Case {
  readonly host?: string;
  readonly jump?: string;
  readonly at?: string;
  readonly peer?: string;
  readonly allowedIps?: readonly string[];
  readonly network?: Partial<Network>;
  readonly pc2?: string;
}

/** What the removal of pc2 from a node means, when that node, or pc2, is dialled as given. */
function result({ host, jump, at = 'ctb-edge-1', network: changes, pc2, ...removal }: Case): string {
  const [own] = homeMesh.networks;
  if (!own) throw new Error('the fixture has no network');
  const network = { ...own, ...changes };
  const nodes = [
    ...homeMesh.nodes.map((one) =>
      one.name === at
        ? { ...one, ssh: ssh(host ?? one.ssh.host, { ...(jump !== undefined && { jump }) }) }
        : one,
    ),
    ...(pc2 === undefined ? [] : [node('pc2', { ssh: ssh(pc2) })]),
  ];
  const inventory: Inventory = { ...homeMesh, nodes, networks: [network] };
  const found = nodes.find(({ name }) => name === at);
  if (!found) throw new Error(`no node ${at}`);
  const wanted: Removal = { inventory, network, node: found, peer: 'pc2', allowedIps: [PC2], ...removal };
  return sshOver(wanted);
}

const NOT = 'without touching SSH';
const UNLESS = 'and any SSH session inside it';

it.each<[string, Case, string]>([
  ['a public address', {}, NOT],
  ['a forward of the router', { at: 'wk-1', host: '203.0.113.10' }, NOT],
  ['a LAN address, where no LAN is advertised', { at: 'wk-1' }, NOT],
  [
    'a LAN address, where one is',
    { at: 'wk-1', network: { advertises: [{ node: 'ms-1', subnets: ['192.168.15.0/24'], nat: 'none' }] } },
    UNLESS,
  ],
  ['a LAN address, where the peer led to one', { at: 'wk-1', allowedIps: [PC2, '192.168.9.0/24'] }, UNLESS],
  ['a name', { host: 'edge.example' }, UNLESS],
  [
    'an address of the overlay',
    { host: '172.27.15.31' },
    'and any SSH session to ctb-edge-1 at 172.27.15.31',
  ],
  ['a jump host with a public address', { at: 'wk-1', jump: 'ctb-edge-1' }, NOT],
  ['a jump host that the inventory does not have', { at: 'wk-1', jump: 'root@192.0.2.1:22' }, UNLESS],
  [
    'a public address, of a hub that a client with a full tunnel may call',
    {
      network: { shape: 'hub', hubs: ['ctb-edge-1'] },
    },
    UNLESS,
  ],
  [
    'the same, where the peer was a node',
    {
      network: { shape: 'hub', hubs: ['ctb-edge-1'] },
      pc2: '198.51.100.99',
    },
    NOT,
  ],
  ['itself in the tunnel', { pc2: '172.27.15.99' }, 'and any SSH session to pc2 at 172.27.15.99'],
  [
    'others behind the peer',
    { allowedIps: [PC2, '192.168.15.3/32'] },
    'and any SSH session to wk-1 at 192.168.15.3',
  ],
])('SSH at %s', (_what, given, text) => {
  expect(result(given)).toBe(text);
});
