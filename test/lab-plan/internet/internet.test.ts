import { recordText } from '../../../src/lab/internet/dns.js';
import { authorityRules } from '../../../src/lab/internet/rules.js';
import { trustEnvironment } from '../../../src/lab/internet/trust.js';
import { LabPaths } from '../../../src/lab/names.js';
import { planInternet } from '../../../src/lab/topology/internet.js';
import { planLab } from '../../../src/lab/topology/lab.js';
import type { LabPlan } from '../../../src/lab/types.js';
import { homeMesh } from '../../fixtures/home-mesh-inventory.js';
import { resolve } from '../../inventory/support.js';

const PRODUCTION = 'https://acme-v02.api.letsencrypt.org/directory';
const NODES = `
sites:
  home: { subnet: 192.168.15.0/24, public: 203.0.113.10 }
nodes:
  vps: { public: [198.51.100.25, "2001:db8:b::25"] }
  four: { public: 198.51.100.26 }
  box: { site: home, lan: 192.168.15.2 }
`;
const planOf = (lab: string): LabPlan => planLab(resolve(`name: names${NODES}lab:\n${lab}`).inventory);
const full = planOf(`  names: { photos.example.com: vps, "*.example.org": [box, 2001:DB8::1] }
  authorities: [${PRODUCTION}]
`);
const fileOf = (plan: LabPlan, node: string, path: string) =>
  plan.machines.find((one) => one.node === node)?.files.find((one) => one.path === path)?.content;

describe("the lab's internet", () => {
  it('has no DNS, authority or visitor if nobody needs names', () => {
    const plan = planLab(homeMesh);
    expect(plan.internet).toBeUndefined();
    expect(plan.laptop.resolver).toBeUndefined();
    expect(fileOf(plan, 'wk-1', '/etc/resolv.conf')).toBeUndefined();
    expect(trustEnvironment(plan, new LabPaths(plan.lab))).toEqual({});
  });

  it('answers names with the addresses at which the internet reaches their nodes', () => {
    const records = full.internet?.dns.records.map(({ name, type, answers }) => [name, type, ...answers]);
    expect(records).toEqual([
      ['photos.example.com', 'A', '198.51.100.25'],
      ['photos.example.com', 'AAAA', '2001:db8:b::25'],
      ['*.example.org', 'A', '203.0.113.10'],
      ['*.example.org', 'AAAA', '2001:db8::1'],
      ['dns.lab.example', 'A', '198.18.0.53'],
      ['dns.lab.example', 'AAAA', '2001:db8:ffff:53::53'],
      ['acme.lab.example', 'A', '198.18.0.14'],
      ['acme.lab.example', 'AAAA', '2001:db8:ffff:14::14'],
      ['acme-v02.api.letsencrypt.org', 'A', '198.18.0.15'],
      ['acme-v02.api.letsencrypt.org', 'AAAA', '2001:db8:ffff:14::15'],
    ]);
  });

  it('has an authority only if certificates are ordered', () => {
    expect(full.internet?.authority).toEqual({
      addresses: ['198.18.0.14', '2001:db8:ffff:14::14'],
      directory: 'https://acme.lab.example/dir',
      standsFor: ['acme-v02.api.letsencrypt.org'],
      standsForAt: ['198.18.0.15', '2001:db8:ffff:14::15'],
    });
    const without = planOf('  names: { photos.example.com: vps }\n');
    expect(without.internet?.authority).toBeUndefined();
    const machines = [
      'https://198.51.100.9/dir',
      'https://[2001:db8::9]/dir',
      'https://ca.example:14000/dir',
    ];
    expect(
      planInternet({ names: [], authorities: machines, apps: [], logins: [] }, { ipv6: true }),
    ).toBeUndefined();
    const own = planOf('  authorities: [https://acme.lab.example/dir]\n');
    expect(own.internet?.authority?.standsFor).toEqual([]);
  });

  it('has addresses of only the families that the lab has', () => {
    const needs = { names: [], authorities: [PRODUCTION], apps: [], logins: [] };
    const internet = planInternet(needs, { ipv6: false });
    const all = [internet?.dns.addresses, internet?.authority?.addresses, internet?.visitor].flat();
    expect(all).toEqual(['198.18.0.53', '198.18.0.14', '198.18.0.200']);
  });

  it('gives each machine and the laptop the servers that they can reach', () => {
    const [four, both] = ['nameserver 198.18.0.53\n', 'nameserver 2001:db8:ffff:53::53\n'];
    expect(fileOf(full, 'vps', '/etc/resolv.conf')).toBe(`${four}${both}`);
    expect(fileOf(full, 'four', '/etc/resolv.conf')).toBe(four);
    expect(fileOf(full, 'box', '/etc/resolv.conf')).toBe(four);
    expect(full.laptop.resolver).toBe(four);
  });

  it('connects its services and its visitor like anybody else', () => {
    expect(full.network.filter(({ namespace }) => namespace === 'visitor')).toEqual([
      {
        namespace: 'visitor',
        lines: [
          'link set lo up',
          'link add eth0 type veth peer name visitor netns /run/bridgehead-lab/names/ns/internet',
          'address add 198.18.0.200/32 dev eth0',
          'address add 2001:db8:ffff:200::200/128 dev eth0 nodad',
          'link set eth0 up',
          'route add default via 169.254.0.1 dev eth0 onlink src 198.18.0.200',
          'route add default via fe80::1 dev eth0 src 2001:db8:ffff:200::200',
        ],
      },
    ]);
    const last = full.network.filter(({ namespace }) => namespace === 'internet').at(-1)?.lines;
    expect(last).toEqual(
      expect.arrayContaining([
        'link set visitor master wan up',
        'route add 198.18.0.200/32 dev wan',
        'link set services master wan up',
        'route add 198.18.0.14/32 dev wan',
      ]),
    );
  });
});

it.each([
  ['answers', recordText(['192.0.2.1', '192.0.2.2']), '192.0.2.1\n192.0.2.2\n'],
  ['no answer of that type', recordText([]), ''],
  ['a failure', recordText('servfail'), 'fail servfail\n'],
  ['late answers', recordText(['192.0.2.1'], 1500), 'delay 1500\n192.0.2.1\n'],
])('writes %s as the server reads them', (_, text, expected) => {
  expect(text).toBe(expected);
});

it('stops an authority and limits it by rules that end with the next ones', () => {
  const plan = { addresses: ['198.18.0.14', '2001:db8::14'], standsForAt: ['198.18.0.15'] };
  const [up, down, limited] = (['up', 'down', 'over its limit'] as const).map((state) =>
    authorityRules(state, plan),
  );
  for (const rules of [up, down, limited]) {
    expect(rules).toMatch(/^table inet (\S+) \{\}\ndelete table inet \1\n/);
    expect(rules).toContain('ip daddr 198.18.0.15 tcp dport 443 redirect to :8443');
  }
  expect(up).not.toContain('198.18.0.14');
  expect(down).toContain('ip6 daddr 2001:db8::14 tcp dport 443 reject with tcp reset');
  expect(down).toContain('tcp dport 8443 reject');
  expect(limited).toContain('ip daddr 198.18.0.14 tcp dport 443 redirect to :8443');
  expect(limited).not.toContain('dport 8443 reject');
});
