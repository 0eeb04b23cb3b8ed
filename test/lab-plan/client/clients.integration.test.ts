import { execFileSync } from 'node:child_process';
import { loadInventory } from '../../../src/inventory/index.js';
import { downScript, upScript } from '../../../src/lab/client/client.js';
import { baseKey, baseScript, packagesOf } from '../../../src/lab/machine/base-recipe.js';
import { setupScript } from '../../../src/lab/machine/supervisor.js';
import { planLab } from '../../../src/lab/topology/lab.js';
import { pageScript } from '../../../src/lab/topology/page.js';
import type { LabPlan, MachinePlan } from '../../../src/lab/types.js';
import type { Inventory, Network } from '../../../src/model/inventory.js';
import { homeMesh } from '../../fixtures/home-mesh-inventory.js';

const phoneHome = await loadInventory('inventory/phone-home.yaml');

function changed(change: (network: Network) => Partial<Network>, more: Partial<Inventory> = {}): Inventory {
  return {
    ...phoneHome,
    ...more,
    networks: phoneHome.networks.map((network) => ({ ...network, ...change(network) })),
  };
}

function machine(plan: LabPlan, name: string): MachinePlan {
  const found = plan.machines.find(({ node }) => node === name);
  if (found === undefined) throw new Error(`no machine ${name}`);
  return found;
}

const lines = (plan: LabPlan, namespace: string) =>
  plan.network.filter((step) => step.namespace === namespace).flatMap((step) => step.lines);

const paths = ({ files }: MachinePlan) => files.map(({ path }) => path);

const client = (name: string, last: number): Network['clients'][number] => ({
  name,
  addresses: [`10.8.0.${last}`],
  tunnel: 'split',
  dns: [],
  reach: 'all',
});

describe('a client', () => {
  const plan = planLab(phoneHome);
  const phone = machine(plan, 'phone');

  it('is a machine with WireGuard, into which nobody logs', () => {
    expect(phone).toMatchObject({ image: 'client', namespace: 'client-phone', bridge: 'lan', sshPorts: [] });
    expect(phone.login).toBeUndefined();
    expect(setupScript(phone, ['ssh-ed25519 AAAA laptop'])).not.toContain('AAAA');
    expect(packagesOf('client')).toEqual(
      expect.arrayContaining(['wireguard-tools', 'wireguard-go', 'nftables']),
    );
    expect(packagesOf('client')).not.toContain('openssh-server');
    expect(plan.dials.map(({ node }) => node)).not.toContain('phone');
  });

  it('is behind its own NAT router', () => {
    const router = plan.namespaces.find(({ name }) => name === 'client-phone');
    expect(router?.nft).toContain('oifname "wan" ip saddr { 172.20.10.0/24 } masquerade');
    expect(router?.nft).toContain('iifname "wan" drop');
    expect(lines(plan, 'client-phone')).toEqual([
      'link set lo up',
      'link add wan type veth peer name r1 netns /run/bridgehead-lab/phone-home/ns/internet',
      'link add lan address 02:00:00:00:00:01 type bridge',
      'address add 100.65.0.1/32 dev wan',
      'address add 172.20.10.1/24 dev lan',
      'link set wan up',
      'link set lan up',
      'route add default via 169.254.0.1 dev wan onlink src 100.65.0.1',
    ]);
    expect(phone.files.find(({ path }) => path.endsWith('.network'))?.content).toContain(
      'Address=172.20.10.2/24\nGateway=172.20.10.1',
    );
    expect(plan.notes).toContain('client phone: it is at 172.20.10.2, behind its own router at 100.65.0.1');
  });

  it('finds a web server on the internet, which a lab without clients does not have', () => {
    expect(plan.web).toEqual(['198.18.0.80']);
    expect(lines(plan, 'internet')).toContain('address add 198.18.0.80/32 dev wan');
    expect(planLab(homeMesh).web).toEqual([]);
    expect(planLab(homeMesh).clients).toEqual([]);
  });

  it('has neighbours that are strangers to it', () => {
    const three = planLab(changed(() => ({ clients: [client('a', 5), client('b', 6), client('c', 7)] })));
    expect(three.clients.map(({ addresses, outside }) => [...addresses, ...outside])).toEqual([
      ['172.20.10.2', '100.65.0.1'],
      ['172.20.10.2', '100.65.0.2'],
      ['172.20.10.2', '100.65.0.3'],
    ]);
    const legs = three.network
      .flatMap((step) => step.lines)
      .flatMap((line) => /peer name (r\d+)/.exec(line)?.[1] ?? []);
    expect(legs).toEqual(['r0', 'r1', 'r2', 'r3']);
  });

  it('is one device, in however many networks', () => {
    const [network] = phoneHome.networks;
    if (network === undefined) throw new Error('no network');
    const twice = planLab({ ...phoneHome, networks: [network, { ...network, name: 'other' }] });
    expect(twice.clients).toHaveLength(1);
  });

  it('is in a LAN that nothing else uses', () => {
    expect(planLab(changed(() => ({ ranges: ['172.20.0.0/16'] }))).clients[0]?.addresses).toEqual([
      '192.168.43.2',
    ]);
    const sites = phoneHome.sites.map((site) => ({
      ...site,
      subnets: [...site.subnets, '172.20.10.128/25'],
    }));
    expect(planLab(changed(() => ({}), { sites })).clients[0]?.addresses).toEqual(['192.168.43.2']);
  });

  it('has both families in a lab with both', () => {
    const nodes = phoneHome.nodes.map((node) =>
      node.name === 'vps' ? { ...node, publicAddresses: [...node.publicAddresses, '2001:db8::8'] } : node,
    );
    const dual = planLab(changed(() => ({}), { nodes }));
    expect(dual.clients[0]).toEqual({
      name: 'phone',
      addresses: ['172.20.10.2', 'fdf7:c11e:47::2'],
      outside: ['100.65.0.1', '2001:db8:ffff:c11e::1'],
    });
    expect(dual.web).toEqual(['198.18.0.80', '2001:db8:ffff:80::80']);
  });

  it('must have a name that a machine can have', () => {
    expect(() => planLab(changed(() => ({ clients: [client('my phone', 5)] })))).toThrow(
      'my phone: the lab cannot use this as the name of a machine or a router',
    );
  });
});

describe('a page', () => {
  it('is served by machines in a LAN, if there are clients to read it', () => {
    const plan = planLab(phoneHome);
    const serving = plan.machines.filter((one) => paths(one).some((path) => path.endsWith('page.socket')));
    expect(serving.map(({ node }) => node)).toEqual(['node-a', 'lan-1', 'lan-2']);
    const none = planLab(homeMesh).machines.filter((one) => paths(one).some((path) => path.includes('page')));
    expect(none).toEqual([]);
  });

  it.each([
    ['REMOTE_ADDR', '192.168.1.10'],
    ['REMOTE_ADDR', '::ffff:192.168.1.10'],
    ['SOCAT_PEERADDR', '192.168.1.10'],
  ])('reports that a visitor that %s shows came from %s', (variable, from) => {
    const answer = execFileSync('sh', ['-c', pageScript("it's home")], {
      input: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      env: { [variable]: from },
      encoding: 'utf8',
    });
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(body).toBe("it's home; you came from 192.168.1.10\n");
    expect(head.split('\r\n')).toContain(`Content-Length: ${body.length}`);
  });
});

describe('a gateway that masks nothing', () => {
  const plan = planLab(
    changed(({ advertises }) => ({
      advertises: advertises.map((one) => ({ ...one, nat: 'none' as const })),
    })),
  );

  it('has its route back in the router, and that is printed', () => {
    expect(lines(plan, 'site-home')).toContain('route replace 10.8.0.0/24 via 192.168.1.10 dev lan');
    expect(plan.notes).toContain(
      'site home: the router has a route to 10.8.0.0/24 through node-a, as `nat: none` asks of the real one',
    );
  });

  it('is the only kind that needs one', () => {
    expect(lines(planLab(phoneHome), 'site-home').join()).not.toContain('10.8.0.0');
  });
});

describe("a client's scripts", () => {
  it.each([
    ['up', upScript("it's")],
    ['down', downScript('wg0')],
    ['base', baseScript({ image: 'client', mirror: undefined, target: '/cache/c', build: '/cache/c.tmp.1' })],
    ['page', pageScript("it's")],
  ])('%s is POSIX sh', (_, script) => {
    expect(() => execFileSync('sh', ['-n'], { input: script })).not.toThrow();
  });

  it('build on a base of its own', () => {
    expect(baseKey('client', undefined)).toMatch(/^client-[0-9a-f]{12}$/);
    expect(baseScript({ image: 'client', mirror: undefined, target: '/c', build: '/c.tmp.1' })).toContain(
      "'bookworm' '/c.tmp.1'",
    );
  });
});
