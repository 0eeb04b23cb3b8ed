import type { Inventory, Network, Node } from '../../../src/model/inventory.js';
import type { Way } from '../../../src/remote/transport.js';
import { carriersOf, type Ways } from '../../../src/runner/groups/carriers.js';
import { BARE } from '../../fixtures/bare.js';
import { homeMesh, node, ssh } from '../../fixtures/home-mesh-inventory.js';

const [mesh] = homeMesh.networks;
if (!mesh) throw new Error('no network');

const member = (name: string, last: number) => ({ node: name, addresses: [`10.99.0.${last}`] });
const network = (over: Partial<Network> = {}): Network => ({
  ...mesh,
  name: 'wg',
  interface: 'wg0',
  ranges: ['10.99.0.0/24'],
  members: [member('f1', 1), member('f2', 2), member('f3', 3)],
  ...over,
});
const hub = network({ shape: 'hub', hubs: ['f1'], hubOf: { f2: 'f1', f3: 'f1' } });
const machine = (name: string, host: string, over: Partial<Node['ssh']> = {}): Node =>
  node(name, { publicAddresses: name === 'f1' ? ['198.51.100.1'] : [], ssh: { ...ssh(host), ...over } });
const NODES = [machine('f1', '198.51.100.1'), machine('f2', '192.0.2.2'), machine('f3', '192.0.2.3')];

const inventoryOf = (over: Partial<Inventory> = {}): Inventory => ({
  file: 'f.yaml',
  name: 'f',
  sites: [],
  nodes: NODES,
  networks: [network()],
  lab: {},
  ...BARE,
  ...over,
});
const stop = (name: string, host: string, port = 22) => ({ name, host, port });
const way = (stops: Way['stops'], here: readonly string[] = []): Way => ({ stops, here });

function carriers(
  ways: Readonly<Record<string, Way>>,
  over: Partial<Inventory> = {},
  seen: Readonly<Record<string, readonly string[]>> = {},
  former: Ways['former'] = [],
): Record<string, string[]> {
  const found = carriersOf({
    inventory: inventoryOf(over),
    ways: new Map(Object.entries(ways)),
    seen: (name) => seen[name] ?? [],
    former,
  });
  return Object.fromEntries([...found].map(([name, through]) => [name, [...through].sort()]));
}

describe('who is reached through whom', () => {
  it('is nobody if all are connected to at their own addresses', () => {
    expect(carriers({})).toEqual({ f1: [], f2: [], f3: [] });
  });

  it('is what the inventory says of jump hosts, all of a chain', () => {
    const nodes = [
      machine('f1', '198.51.100.1'),
      machine('f2', 'x', { jump: 'f1' }),
      machine('f3', 'y', { jump: 'f2' }),
    ];
    expect(carriers({}, { nodes })).toEqual({ f1: [], f2: ['f1'], f3: ['f1', 'f2'] });
  });

  it.each([
    ['its name', stop('f1', '198.51.100.1')],
    ['an address of its own', stop('root@198.51.100.1:2222', '198.51.100.1', 2222)],
    ['where it is dialled itself', stop('bastion', '203.0.113.9', 2201)],
    ['its overlay address', stop('ops@10.99.0.1', '10.99.0.1')],
  ])('knows a jump host of ~/.ssh/config by %s', (_how, jump) => {
    const ways = {
      f1: way([stop('f1', '203.0.113.9', 2201)]),
      f3: way([jump, stop('f3', '192.0.2.3')]),
    };
    expect(carriers(ways)['f3']).toContain('f1');
  });

  it('knows a jump host by the port that its router forwards to it', () => {
    const [site] = homeMesh.sites;
    if (!site) throw new Error('no site');
    const forwards = [{ protocol: 'tcp', port: 2210, node: 'f2', nodePort: 22 } as const];
    const sites = [{ ...site, publicAddresses: ['203.0.113.77'], forwards }];
    const by = (port: number) => way([stop('me@home', '203.0.113.77', port), stop('f3', '192.0.2.3')]);
    expect(carriers({ f3: by(2210) }, { sites })['f3']).toEqual(['f2']);
    expect(carriers({ f3: by(22) }, { sites })['f3']).toEqual([]);
  });

  it('is the hub and the relay between two ends of an overlay', () => {
    const ways = { f3: way([stop('f2', '192.0.2.2'), stop('f3', '10.99.0.3')]) };
    expect(carriers(ways, { networks: [hub] })['f3']).toEqual(['f1', 'f2']);
    expect(carriers(ways, { networks: [network({ relay: 'f1' })] })['f3']).toEqual(['f1', 'f2']);
  });

  it('is the hub for a client of it that connects to an overlay address', () => {
    expect(carriers({ f3: way([stop('f3', '10.99.0.3')]) }, { networks: [hub] })['f3']).toEqual(['f1']);
  });

  it('is this very machine if it is a member, and else any other member', () => {
    const direct = (here: readonly string[]) => ({ f3: way([stop('f3', '10.99.0.3')], here) });
    expect(carriers(direct(['198.51.100.1/24']))['f3']).toEqual(['f1']);
    expect(carriers(direct(['192.168.1.7/24']))['f3']).toEqual(['f1', 'f2']);
  });

  it('uses the addresses that a node has now, if the range is about to change', () => {
    const ways = { f3: way([stop('f3', '10.77.0.3')]) };
    expect(carriers(ways, { networks: [hub] })['f3']).toEqual([]);
    expect(carriers(ways, { networks: [hub] }, { f3: ['10.77.0.3'] })['f3']).toEqual(['f1']);
  });

  it('is the gateway of a LAN, unless the LAN is here', () => {
    const advertises = [{ node: 'f2', subnets: ['192.168.9.0/24'], nat: 'none' as const }];
    const networks = [{ ...hub, advertises }];
    const at = (here: readonly string[]) => ({ f3: way([stop('f3', '192.168.9.3')], here) });
    expect(carriers(at(['192.168.50.7/24']), { networks })['f3']).toEqual(['f1', 'f2']);
    expect(carriers(at(['192.168.9.7/24']), { networks })['f3']).toEqual([]);
  });

  describe('if a machine on the way looks up a name', () => {
    const by = (first: ReturnType<typeof stop>): Record<string, Way> => ({
      f3: way([first, stop('f3', 'f3.vpn')]),
    });
    const [member2, bastion] = [stop('f2', '192.0.2.2'), stop('ops@bastion', '203.0.113.9')];

    it('is the hub or the relay of each network that both may meet in', () => {
      expect(carriers(by(member2), { networks: [hub] })['f3']).toEqual(['f1', 'f2']);
      expect(carriers(by(member2), { networks: [network({ relay: 'f1' })] })['f3']).toEqual(['f1', 'f2']);
      expect(carriers(by(bastion), { networks: [hub] })['f3']).toEqual(['f1']);
    });

    it('is nobody but the jump host, if that is a node outside the network', () => {
      const members = [member('f1', 1), member('f3', 3)];
      expect(carriers(by(member2), { networks: [{ ...hub, members }] })['f3']).toEqual(['f2']);
    });

    it('is the gateway of a LAN that the node is in', () => {
      const nodes = NODES.map((one) => (one.name === 'f3' ? { ...one, lanAddresses: ['192.168.9.3'] } : one));
      const advertises = [{ node: 'f1', subnets: ['192.168.9.0/24'], nat: 'none' as const }];
      const networks = [network({ members: [member('f1', 1), member('f2', 2)], advertises })];
      expect(carriers(by(member2), { nodes, networks })['f3']).toEqual(['f1', 'f2']);
    });

    it('is every node that still has a retired network', () => {
      const former = [
        { name: 'old', members: new Set(['f1', 'f2', 'f3']), addresses: new Set(['10.9.0.3']) },
      ];
      expect(carriers(by(member2), { networks: [] }, {}, former)['f3']).toEqual(['f1', 'f2']);
    });
  });

  it('is every node that still has a network that the inventory no longer has', () => {
    const former = [
      { name: 'old', members: new Set(['f1', 'f3']), addresses: new Set(['10.9.0.1', '10.9.0.3']) },
    ];
    const nodes = [NODES[0] as Node, NODES[1] as Node, machine('f3', '10.9.0.3')];
    expect(carriers({}, { nodes, networks: [] }, {}, former)).toEqual({ f1: [], f2: [], f3: ['f1'] });
  });
});
