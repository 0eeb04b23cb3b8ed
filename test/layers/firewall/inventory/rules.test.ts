import type { Opening } from '../../../../src/model/inventory.js';
import { problemsOf, resolve, SOUND } from '../../../inventory/support.js';

const ruled = (...rules: readonly string[]): string =>
  `${SOUND}firewall:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`;

const openingsOf = (text: string, node: string): Omit<Opening, 'node'>[] =>
  resolve(text)
    .inventory.openings.filter((one) => one.node === node)
    .map(({ node: _, ...rest }) => rest);

const TUNNEL = { protocol: 'udp', port: 51820, sources: 'anyone', because: 'network mesh' };
const TRANSFER = {
  protocol: 'tcp',
  port: 61000,
  toPort: 64999,
  sources: ['172.27.15.0/24'],
  interface: 'wg0',
  because: 'gate transfer of network mesh',
};
const LOGIN = { protocol: 'tcp', port: 22, isSsh: true, sources: 'anyone', because: 'login over SSH' };

describe('the openings of an inventory', () => {
  it('has the ports of every member, and closes nothing without rules', () => {
    const { inventory } = resolve(SOUND);
    expect(inventory.closed).toEqual([]);
    expect([...new Set(inventory.openings.map(({ node }) => node))]).toEqual(['edge', 'wk-1', 'wk-2']);
    expect(openingsOf(SOUND, 'edge')).toEqual([TUNNEL, TRANSFER]);
  });

  it('closes the nodes that rules name, in the order of the inventory, and keeps SSH open on them', () => {
    const text = ruled('{ on: wk-2, allow: [] }', '{ on: [edge, wk-2], allow: [443/tcp, 60000-61000/udp] }');
    expect(resolve(text).inventory.closed).toEqual(['edge', 'wk-2']);
    expect(openingsOf(text, 'edge')).toEqual([
      TUNNEL,
      TRANSFER,
      LOGIN,
      { protocol: 'tcp', port: 443, sources: 'anyone', because: 'firewall[1]' },
      { protocol: 'udp', port: 60000, toPort: 61000, sources: 'anyone', because: 'firewall[1]' },
    ]);
    expect(openingsOf(text, 'wk-1')).toEqual([TUNNEL, TRANSFER]);
  });

  it.each<readonly [from: string, sources: readonly string[], device: string | undefined]>([
    ['lan', ['192.168.15.0/24'], undefined],
    ['wk-2', ['192.168.15.4/32', '172.27.15.12/32'], undefined],
    ['edge', ['198.51.100.25/32', '172.27.15.31/32'], undefined],
    ['home', ['192.168.15.0/24'], undefined],
    ['mesh', ['172.27.15.0/24'], 'wg0'],
    ['"2001:db8::/32"', ['2001:db8::/32'], undefined],
    ['198.51.100.7', ['198.51.100.7/32'], undefined],
    ['["2001:db8::7", lan, site:home]', ['192.168.15.0/24', '2001:db8::7/128'], undefined],
  ])('means by `from: %s` on a machine at home', (from, sources, device) => {
    const text = ruled(`{ on: wk-1, allow: [{ port: 8123/tcp, from: ${from} }] }`);
    const wanted = { protocol: 'tcp', port: 8123, sources, because: 'firewall[0]' };
    expect(openingsOf(text, 'wk-1').at(-1)).toEqual({
      ...wanted,
      ...(device === undefined ? {} : { interface: device }),
    });
  });

  it('means the router of a site behind NAT on a machine elsewhere', () => {
    const text = ruled('{ on: edge, allow: [{ port: ssh, from: [home, wk-1] }] }');
    expect(openingsOf(text, 'edge').at(-1)).toMatchObject({
      isSsh: true,
      sources: ['192.168.15.0/24', '203.0.113.10/32', '172.27.15.11/32'],
    });
  });

  it('means by `anyone` in a list all of it', () => {
    const text = ruled('{ on: wk-1, allow: [{ port: 80/tcp, from: [lan, anyone] }] }');
    expect(openingsOf(text, 'wk-1').at(-1)).toMatchObject({ sources: 'anyone' });
  });

  it('knows the port of sshd behind a router that forwards another', () => {
    const forwarded = SOUND.replace(
      '      - { port: 51820',
      '      - { port: 2222, node: wk-1, nodePort: 22, protocol: tcp }\n      - { port: 51820',
    ).replace('lan: 192.168.15.3', 'lan: 192.168.15.3, ssh: { host: 203.0.113.10, port: 2222 }');
    const text = `${forwarded}firewall:\n  - { on: wk-1, allow: [ssh] }\n`;
    expect(openingsOf(text, 'wk-1').at(-1)).toMatchObject({ port: 22, isSsh: true });
    const moved = SOUND.replace('lan: 192.168.15.3', 'lan: 192.168.15.3, ssh: { port: 2022 }');
    expect(openingsOf(`${moved}firewall:\n  - { on: wk-1, allow: [] }\n`, 'wk-1').at(-1)).toMatchObject({
      port: 2022,
    });
  });
});

const FORMS = 'write ssh, 443/tcp, 41641/udp or { port: 8123/tcp, from: lan }';

it.each<readonly [what: string, rule: string, problem: string]>([
  [
    'no node',
    '{ on: egde, allow: [] }',
    '22:11  firewall[0].on: "egde" selects no node; did you mean "edge"?',
  ],
  [
    'no role',
    '{ on: [edge, role:x], allow: [] }',
    '22:18  firewall[0].on[1]: "role:x" selects no node; no node has a role',
  ],
  [
    'a word for nobody',
    '{ on: hub, allow: [] }',
    '22:11  firewall[0].on: "hub" selects no node: no network has shape: hub; name others',
  ],
  [
    'its own word',
    '{ on: closed, allow: [] }',
    '22:11  firewall[0].on: "closed" means the nodes that the rules name; name them, such as role:edge',
  ],
  [
    'no allow',
    '{ on: edge }',
    '22:5  firewall[0].allow: is missing; add it, such as "allow: [ ssh, 443/tcp ]"',
  ],
  [
    'a number',
    '{ on: edge, allow: [443] }',
    `22:25  firewall[0].allow[0]: must be text or a mapping of "key: value" lines; got the number 443; ${FORMS}`,
  ],
  [
    'no protocol',
    '{ on: edge, allow: ["443"] }',
    '22:25  firewall[0].allow[0]: "443" has no protocol; write 443/tcp or 443/udp',
  ],
  [
    'another protocol',
    '{ on: edge, allow: [80/http] }',
    '22:25  firewall[0].allow[0]: "80/http" is for a protocol other than tcp and udp; write 80/tcp or 80/udp',
  ],
  [
    'no port',
    '{ on: edge, allow: [70000/tcp] }',
    '22:25  firewall[0].allow[0]: "70000/tcp" is not a port; ports are 1 to 65535',
  ],
  [
    'a service',
    '{ on: edge, allow: [https] }',
    '22:25  firewall[0].allow[0]: "https" is not a port; write 443/tcp',
  ],
  [
    'a range the wrong way round',
    '{ on: edge, allow: [{ port: 90-80/tcp }] }',
    '22:33  firewall[0].allow[0].port: "90-80/tcp" is a range that ends before it begins; write 80-90/tcp',
  ],
  [
    'an unknown key',
    '{ on: edge, allow: [{ port: 80/tcp, form: lan }] }',
    '22:41  firewall[0].allow[0].form: unknown key; did you mean "from"? allowed: port, from',
  ],
  [
    'nobody of that name',
    '{ on: edge, allow: [{ port: 80/tcp, from: hme }] }',
    '22:47  firewall[0].allow[0].from: must name lan, a node, a network, a site, an address or a range; got "hme"; did you mean "home"?',
  ],
  [
    'nothing of that kind',
    '{ on: edge, allow: [{ port: 80/tcp, from: [node:mesh] }] }',
    '22:48  firewall[0].allow[0].from[0]: must name a node; got "node:mesh"; one of: edge, wk-1, wk-2',
  ],
  [
    'host bits',
    '{ on: edge, allow: [{ port: 80/tcp, from: 192.168.15.7/24 }] }',
    '22:47  firewall[0].allow[0].from: "192.168.15.7/24" has host bits; write 192.168.15.0/24',
  ],
  [
    'the LAN of a machine without one',
    '{ on: edge, allow: [{ port: 80/tcp, from: [wk-1, lan] }] }',
    '22:54  firewall[0].allow[0].from[1]: edge is in no site, so it has no LAN; set nodes.edge.site, or name a range',
  ],
])('refuses %s', (_what, rule, problem) => {
  expect(problemsOf(ruled(rule))).toEqual([`i.yaml:${problem}`]);
});

it('asks which is meant if a name has two meanings, and takes the answer', () => {
  const text = SOUND.replaceAll('  mesh:', '  home:');
  const rule = (from: string) =>
    `${text}firewall:\n  - { on: wk-1, allow: [{ port: 80/tcp, from: ${from} }] }\n`;
  expect(problemsOf(rule('home'))).toEqual([
    'i.yaml:22:47  firewall[0].allow[0].from: "home" is a network and a site; write network:home or site:home',
  ]);
  expect(openingsOf(rule('network:home'), 'wk-1').at(-1)).toMatchObject({ interface: 'wg0' });
  expect(openingsOf(rule('site:home'), 'wk-1').at(-1)).toMatchObject({ sources: ['192.168.15.0/24'] });
});

it('refuses a network that the node is not in, and says only that', () => {
  const text = SOUND.replace('      wk-2: 172.27.15.12\n', '');
  expect(problemsOf(`${text}firewall:\n  - { on: wk-2, allow: [{ port: 80/tcp, from: mesh }] }\n`)).toEqual([
    'i.yaml:21:47  firewall[0].allow[0].from: wk-2 is not a member of network mesh; add it to networks.mesh.addresses, or name another',
  ]);
});

it('reports nothing that only follows from another problem', () => {
  const text = ruled('{ on: hub, allow: [] }').replace('range: 172', 'rnge: 172');
  expect(problemsOf(text).join('\n')).not.toContain('firewall');
});

describe('a rule that names a tailnet', () => {
  const TAILNET = `name: home
nodes:
  a: { public: 198.51.100.25 }
  b: { public: 198.51.100.26 }
  c: { public: 198.51.100.27 }
networks:
  tail: { kind: tailscale, authKey: { env: TS_AUTHKEY }, members: [a, b] }
firewall:
  - { on: a, allow: [ssh, { port: 8123/tcp, from: tail }] }
`;

  it('lets its members in, by whatever address they have there, and only from its interface', () => {
    expect(openingsOf(TAILNET, 'a')).toContainEqual({
      protocol: 'tcp',
      port: 8123,
      sources: ['100.64.0.0/10', 'fd7a:115c:a1e0::/48'],
      interface: 'tailscale0',
      because: 'firewall[0]',
    });
  });

  it('is refused on a node that is not a member', () => {
    expect(problemsOf(TAILNET.replace('on: a', 'on: c'))).toEqual([
      expect.stringMatching(
        /firewall\[0\]\.allow\[1\]\.from: c is not a member of network tail; add it to networks\.tail\.members, or name another$/,
      ),
    ]);
  });
});
