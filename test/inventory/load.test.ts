import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatProblem, InputError } from '../../src/core/errors.js';
import { loadInventory, readInventory } from '../../src/inventory/index.js';
import { broken, HUB, problemsOf, resolve, SOUND } from './support.js';

describe('the inventories that ship', () => {
  it.each([
    'home-mesh',
    'two-sites',
    'two-homes',
    'jump-and-ports',
    'six',
    'relay',
    'phone-home',
    'dual-stack',
  ])('%s is sound', async (name) => {
    const { inventory, warnings } = await readInventory(`inventory/${name}.yaml`);
    expect(inventory.name).toBe(name);
    expect(warnings).toEqual([]);
  });

  it('home-mesh becomes what it says', async () => {
    const inventory = await loadInventory('inventory/home-mesh.yaml');
    expect(inventory.nodes.map(({ name, release }) => [name, release])).toEqual([
      ['ctb-edge-1', 'bookworm'],
      ['ms-1', 'bookworm'],
      ['wk-1', 'bookworm'],
      ['wk-2', 'trixie'],
    ]);
    expect(inventory.nodes[1]).toEqual({
      name: 'ms-1',
      role: 'server',
      site: 'home',
      publicAddresses: [],
      lanAddresses: ['192.168.15.2'],
      ssh: { host: '192.168.15.2', user: 'ops', hostKeys: [], sudo: 'password' },
      release: 'bookworm',
    });
    expect(inventory.sites[0]?.forwards[1]).toEqual({
      protocol: 'udp',
      port: 51821,
      node: 'ms-1',
      nodePort: 51820,
    });
    expect(inventory.lab).toEqual({ laptop: 'home' });
  });
});

describe('a hub network', () => {
  it('becomes what it says, with what it leaves out', async () => {
    const { networks } = await loadInventory('inventory/phone-home.yaml');
    expect(networks[0]).toMatchObject({
      shape: 'hub',
      hubs: ['vps'],
      hubOf: { 'node-a': 'vps', phone: 'vps' },
      advertises: [{ node: 'node-a', subnets: ['192.168.1.0/24'], nat: 'masquerade' }],
      internet: true,
      presharedKeys: false,
      clients: [{ name: 'phone', addresses: ['10.8.0.2'], tunnel: 'split', dns: [], reach: 'all' }],
    });
    expect(networks[0]?.members.map(({ node }) => node)).toEqual(['vps', 'node-a']);
  });

  it('reads what a client may reach, and bare addresses as single ones', () => {
    const words = 'address: 10.8.0.2, reach: [overlay, lan, lan-1, gw:53/udp, 192.168.1.7, 10.8.0.0/25]';
    const { inventory } = resolve(broken('address: 10.8.0.2', words, HUB));
    expect(inventory.networks[0]?.clients[0]?.reach).toEqual([
      { kind: 'overlay' },
      { kind: 'lan' },
      { kind: 'node', node: 'lan-1' },
      { kind: 'node', node: 'gw', service: { protocol: 'udp', port: 53 } },
      { kind: 'range', range: '192.168.1.7/32' },
      { kind: 'range', range: '10.8.0.0/25' },
    ]);
  });

  it.each([
    [
      'address: 10.8.0.2, tunnel: full, reach: lan',
      '20:43  networks.home.clients.phone.tunnel: phone sends everything to its hub, but may not reach the internet; add internet to its reach, or set tunnel: split',
    ],
    [
      'address: 10.8.0.2, reach: [lan, internet]',
      '20:48  networks.home.clients.phone.reach[1]: phone has a split tunnel, so its internet traffic does not go to its hub; set tunnel: full',
    ],
  ])('warns of a tunnel and a reach that do not fit: %s', (words, warning) => {
    const hub = broken('    range', '    internet: true\n    range', HUB);
    const { warnings } = resolve(broken('address: 10.8.0.2', words, hub));
    expect(warnings.map(formatProblem)).toEqual([`i.yaml:${warning}`]);
  });

  it('warns of an advertised range that other software takes', () => {
    const { warnings } = resolve(broken('192.168.1.0/24 }\n    clients', '10.42.0.0/16 }\n    clients', HUB));
    expect(warnings.map(({ message }) => message)).toEqual([
      "10.42.0.0/16 overlaps 10.42.0.0/16, the range of k3s' pods",
    ]);
  });
});

describe('loadInventory', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-inventory-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const write = (text: string) => {
    const file = join(folder, 'i.yaml');
    writeFileSync(file, text);
    return file;
  };

  it('freezes everything', async () => {
    const inventory = await loadInventory(write(SOUND));
    const loose: unknown[] = [];
    const visit = (value: unknown): void => {
      if (value === null || typeof value !== 'object') return;
      if (!Object.isFrozen(value)) loose.push(value);
      Object.values(value).forEach(visit);
    };
    visit(inventory);
    expect(loose).toEqual([]);
  });

  it('reports problems of every kind at once, in the order of the file', async () => {
    const text = broken('public: 198.51.100.25', 'pubic: 198.51.100.25')
      .replace('wk-1: { site: home', 'wk-1: { site: hme')
      .replace('wk-2: 172.27.15.12', 'wk-2: 172.27.99.12');
    const failure = await loadInventory(write(text)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    const { problems, exitCode } = failure as InputError;
    expect(exitCode).toBe(2);
    expect(problems.map(({ line, path }) => [line, path])).toEqual([
      [11, 'nodes.edge.pubic'],
      [12, 'nodes.wk-1.site'],
      [20, 'networks.mesh.addresses.wk-2'],
    ]);
  });

  it('stops counting at a hundred problems', () => {
    const keys = Array.from({ length: 150 }, (_, i) => `k${i}: 1\n`).join('');
    const problems = problemsOf(SOUND + keys);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe('i.yaml  50 more problems; fix these first');
  });

  it('resolves paths next to the file, and leaves ~ alone', async () => {
    const ssh = '{ key: keys/edge, sudoPasswordFile: ~/.sudo }';
    const file = write(broken('public: 198.51.100.25', `public: 198.51.100.25, ssh: ${ssh}`));
    const inventory = await loadInventory(file);
    expect(inventory.nodes[0]?.ssh).toMatchObject({
      key: join(folder, 'keys/edge'),
      sudoPasswordFile: '~/.sudo',
    });
  });
});

describe('resolving', () => {
  it('takes the defaults, what a node says first', () => {
    const text = broken(
      'nodes:',
      'defaults: { ssh: { user: root, port: 2222, jump: edge } }\nnodes:',
    ).replace(
      'lan: 192.168.15.4 }',
      'lan: 192.168.15.4, ssh: { port: 22, jump: none, host: w2.example.org } }',
    );
    const [edge, first, second] = resolve(text).inventory.nodes;
    expect(edge?.ssh).toEqual({
      host: '198.51.100.25',
      user: 'root',
      port: 2222,
      hostKeys: [],
      sudo: 'auto',
    });
    expect(first?.ssh).toMatchObject({ host: '192.168.15.3', port: 2222, jump: 'edge' });
    expect(second?.ssh).toEqual({
      host: 'w2.example.org',
      user: 'root',
      port: 22,
      hostKeys: [],
      sudo: 'auto',
    });
  });

  it('normalises IPv6, and puts IPv4 first', () => {
    const text = broken('subnet: 192.168.15.0/24', 'subnet: [FD00:15:0::/64, 192.168.15.0/24]').replace(
      'lan: 192.168.15.3',
      'lan: ["FD00:15::0:3", 192.168.15.3]',
    );
    const { sites, nodes } = resolve(text).inventory;
    expect(sites[0]?.subnets).toEqual(['192.168.15.0/24', 'fd00:15::/64']);
    expect(nodes[1]?.lanAddresses).toEqual(['192.168.15.3', 'fd00:15::3']);
  });

  it('allows a NATed site without a public address as long as nothing is forwarded', () => {
    const text = broken('    public: 203.0.113.10\n', '').replace(/ {4}forwards:\n.*\n.*\n/, '');
    expect(resolve(text).inventory.sites[0]).toMatchObject({ nat: true, publicAddresses: [], forwards: [] });
  });

  it('allows a node that is in no network and has only an ssh host', () => {
    const text = broken('  edge: {', '  spare: { ssh: { host: spare.example.org } }\n  edge: {');
    expect(resolve(text).inventory.nodes[0]).toMatchObject({ name: 'spare', publicAddresses: [] });
  });
});

describe('warnings', () => {
  it.each([
    [
      'Docker',
      'range: 172.27.15.0/24',
      'range: [172.27.15.0/24, 172.17.5.0/24]',
      `16:29  networks.mesh.range[1]: 172.17.5.0/24 overlaps 172.17.0.0/16, the range of Docker's default bridge; choose another if you will ever run it on these machines`,
    ],
    [
      'Tailscale',
      'range: 172.27.15.0/24',
      'range: [172.27.15.0/24, 100.64.9.0/24]',
      `16:29  networks.mesh.range[1]: 100.64.9.0/24 overlaps 100.64.0.0/10, the range of providers' shared NAT and Tailscale; choose another if you will ever run it on these machines`,
    ],
    [
      'k3s',
      'nodes:',
      '  lab: { subnet: 10.42.7.0/24 }\nnodes:',
      `10:18  sites.lab.subnet: 10.42.7.0/24 overlaps 10.42.0.0/16, the range of k3s' pods; renumber the LAN if you will ever run it on these machines`,
    ],
    [
      'a private address given as public',
      'public: 198.51.100.25',
      'public: 10.1.1.1',
      `11:19  nodes.edge.public: 10.1.1.1 is a private address: the internet can't reach it; remove \`public\`, unless every peer can reach that address`,
    ],
    [
      'a router behind shared NAT',
      'public: 203.0.113.10',
      'public: 100.70.1.1',
      `6:13  sites.home.public: 100.70.1.1 is an address of a provider's shared NAT: the internet can't reach it; remove \`public\`, unless every peer can reach that address`,
    ],
    [
      'forwards without NAT',
      '    public: 203',
      '    nat: false\n    public: 203',
      `9:7  sites.home.forwards: are not used: without NAT, peers connect to the nodes at their LAN addresses; remove them, or set nat: true`,
    ],
  ])('%s', (_what, piece, by, warning) => {
    const { warnings } = resolve(broken(piece, by));
    expect(warnings.map(formatProblem)).toEqual([`i.yaml:${warning}`]);
  });
});
