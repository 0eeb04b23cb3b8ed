import { broken, HUB, problemsOf } from './support.js';

const HOME = `name: home
sites:
  home: { subnet: 192.168.1.0/24, router: 192.168.1.1 }
nodes:
  vps: { public: 198.51.100.8, role: edge }
  home-1: { site: home, lan: 192.168.1.10 }
networks:
  mesh:
    range: 10.8.0.0/24
    addresses: { vps: 10.8.0.1, home-1: 10.8.0.3 }
  tail:
    kind: tailscale
    authKey: { env: TS_AUTHKEY }
    members: [vps, home-1]
    exitNodes: [vps]
    exitNode: { home-1: vps }
edges:
  vps:
    acme: { email: me@example.com, challenge: dns, dns: { provider: hetzner, env: { KEY: { env: KEY } } } }
apps:
  photos: { host: photos.example.com, network: mesh, to: { node: home-1, port: 2283 } }
firewall:
  - { on: vps, allow: [ssh, 443/tcp] }
`;

const home = (piece: string, by: string): string => broken(piece, by, HOME);
const allowing = (text: string): string => home('443/tcp]', `${text}]`);

it('begins with a sound inventory', () => expect(problemsOf(HOME)).toEqual([]));

describe('one mistake is one problem', () => {
  it.each<readonly [what: string, text: string, problem: string]>([
    [
      'a misspelt key that is required',
      home('subnet: ', 'subnett: '),
      'sites.home.subnett: unknown key; did you mean "subnet"?',
    ],
    [
      'a misspelt key that is required, whatever it begins with',
      home('subnet: ', 'subbet: '),
      'sites.home.subbet: unknown key; did you mean "subnet"?',
    ],
    [
      'a misspelt range of a network',
      home('    range: ', '    rnage: '),
      'networks.mesh.rnage: unknown key; did you mean "range"?',
    ],
    [
      'misspelt addresses of a network',
      broken('    addresses:', '    adresses:'),
      'networks.mesh.adresses: unknown key; did you mean "addresses"?',
    ],
    [
      'a misspelt key of an app’s place',
      home('{ node: home-1, port', '{ ndoe: home-1, port'),
      'apps.photos.to.ndoe: unknown key; did you mean "node"?',
    ],
    [
      'a misspelt member of a tailnet',
      home('members: [vps, home-1]', 'members: [vps, hme-1]'),
      'networks.tail.members[1]: must name a node; got "hme-1"; did you mean "home-1"?',
    ],
    [
      'a misspelt exit node',
      home('exitNodes: [vps]', 'exitNodes: [vsp]'),
      'networks.tail.exitNodes[0]: must name a member of the network; got "vsp"; did you mean "vps"?',
    ],
    [
      'a misspelt hub',
      broken('    hub: vps\n', '    hub: vsp\n    hubOf: { gw: vps }\n', HUB),
      'networks.home.hub: must name a member of the network; got "vsp"; did you mean "vps"?',
    ],
    [
      'a misspelt member of a network with a hub',
      broken('      vps: 10.8.0.1\n', '      vsp: 10.8.0.1\n', HUB),
      'networks.home.addresses.vsp: must name a node; got "vsp"; did you mean "vps"?',
    ],
    [
      'a challenge in other words',
      home('challenge: dns,', 'challenge: dns-01,'),
      'edges.vps.acme.challenge: must be one of http, tls-alpn, dns; got "dns-01"; did you mean "dns"?',
    ],
    [
      'a kind in capitals',
      home('photos: { host: photos.example.com,', 'photos: { kind: TCP, listen: 99,'),
      'apps.photos.kind: must be one of http, tls, tcp, udp; got "TCP"; did you mean "tcp"?',
    ],
    [
      'an entry that is not indented',
      home('  home-1: { site: home, lan: 192.168.1.10 }', '  home-1:\n  site: home'),
      'nodes.site: "site" is a key of an entry, not an entry; indent it',
    ],
    [
      'a node that is none, wherever it is named',
      home('{ site: home, lan: 192.168.1.10 }', '5'),
      'nodes.home-1: must be a mapping',
    ],
    [
      'a key without its space, in braces',
      home('role: edge', 'role:edge'),
      'nodes.vps.role: lacks a space after "role:"; write "role: ..."',
    ],
    [
      'a port of an app that is none, and no other',
      home('port: 2283', 'port: 99999'),
      'apps.photos.to.port: must be between 1 and 65535; got 99999',
    ],
  ])('%s', (_what, text, problem) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('two names of an app within a zone', () => {
    const twice = home(
      'photos: {',
      'other: { host: photos.example.com, network: mesh, to: { node: home-1, port: 1 } }\n  photos: {',
    );
    expect(problemsOf(`${twice}dns: { zone: example.com, serve: home-1 }\n`)).toEqual([
      expect.stringContaining('photos.example.com is already the name of other'),
    ]);
  });

  it('a playbook in place of an inventory', () => {
    expect(problemsOf('name: x\nphases:\n  - name: one\n')).toEqual([
      'i.yaml:2:1  phases: is a playbook; name it with -p; -i is for an inventory',
    ]);
  });

  it('and two mistakes are two', () => {
    expect(problemsOf(home('{ node: home-1, port: 2283 }', '{ node: hmoe-1, port: 99999 }'))).toHaveLength(2);
  });
});

describe('what would be right is right', () => {
  it.each<readonly [text: string, fix: string]>([
    [home('exitNodes:', 'netfilter: no\n    exitNodes:'), 'did you mean "off"?'],
    [home('exitNodes:', 'netfilter: yes\n    exitNodes:'), 'did you mean "on"?'],
    [home('to: { node: home-1, port: 2283 }', 'to: home-1:2283'), 'write to: { node: home-1, port: 2283 }'],
    [
      home('to: { node: home-1, port: 2283 }', 'to: http://home-1:80/'),
      'write to: { node: home-1, port: 80 }',
    ],
    [home('to: { node: home-1, port: 2283 }', 'to: home-1'), 'write to: { node: home-1, port: 2283 }'],
    [home('  - { on: vps, allow', '  - { vps: [ssh] }\n  - { on: vps, allow'), 'allowed: on, allow'],
    [
      home('  - { on: vps, allow: [ssh, 443/tcp] }', '  vps: [ssh]'),
      'such as [{ on: role:edge, allow: [ssh, 443/tcp] }]',
    ],
    [
      `name: x\nnodes:\n  - name: vps\n    public: 198.51.100.8\n`,
      'write "vps: ..." for each entry, without a dash',
    ],
    [home('    range: 10', '    keepalive: 25s\n    range: 10'), 'write 25'],
    [home('on: vps,', 'on: edge,'), 'write role:edge'],
    [home('on: vps,', 'on: "vps, home-1",'), 'write [vps, home-1]'],
    [home('on: vps,', 'on: "*",'), 'write all'],
    [home('on: vps,', 'on: node:vps,'), 'write vps'],
    [allowing('{ port: 80/tcp, from: any }'), 'write anyone'],
    [allowing('{ port: 80/tcp, from: [internet] }'), 'write anyone'],
    [allowing('80/TCP'), 'write 80/tcp'],
    [allowing('80/tpc'), 'write 80/tcp'],
    [allowing('"1000:2000/tcp"'), 'write 1000-2000/tcp'],
    [allowing('tcp/443'), 'write 443/tcp'],
    [allowing('443tcp'), 'write 443/tcp'],
    [allowing('https'), 'write 443/tcp'],
    [allowing('OpenSSH'), 'write ssh'],
    [allowing('SSH'), 'write ssh'],
    [allowing('"80,443/tcp"'), 'write an entry for each port'],
    [
      home('port: 2283', 'address: "http://192.168.1.20:80/x", port: 2283'),
      'is a URL, not an address; write 192.168.1.20',
    ],
    [home('port: 2283', 'address: "tls://[fd00::1]", port: 2283'), 'is a URL, not an address; write fd00::1'],
  ])('%#', (text, fix) => {
    expect(problemsOf(text).join('\n')).toContain(fix);
  });
});

describe('a secret that is written in clear is in no problem', () => {
  const SECRET = 'hunter2-tskey-auth-abc';
  it.each([
    [
      'an app’s password',
      home('apps:\n  photos: {', `apps:\n  photos: { options: { auth: "bob:${SECRET}" },`),
    ],
    [
      'its variable',
      home('apps:\n  photos: {', `apps:\n  photos: { options: { auth: { env: "bob:${SECRET}" } },`),
    ],
    ['its file', home('apps:\n  photos: {', `apps:\n  photos: { options: { auth: { file: "$${SECRET}" } },`)],
    ['a list', home('apps:\n  photos: {', `apps:\n  photos: { options: { auth: ["${SECRET}"] },`)],
    ['an auth key', home('authKey: { env: TS_AUTHKEY }', `authKey: ${SECRET}`)],
    ['a provider’s key', home('env: { KEY: { env: KEY } }', `env: { KEY: ${SECRET} }`)],
    ['without a space', home('apps:\n  photos: {', `apps:\n  photos: { options: { auth:${SECRET} },`)],
    ['without a space on a line', home('    authKey: { env: TS_AUTHKEY }', `    authKey:${SECRET}`)],
    ['a provider’s keys', home('env: { KEY: { env: KEY } }', `env: KEY=${SECRET}`)],
  ])('%s', (_what, text) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain(SECRET);
  });
});
