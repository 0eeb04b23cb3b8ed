import { formatProblem } from '../../src/core/errors.js';
import { TEXT } from '../layers/dns/fixture.js';
import { broken, problemsOf, resolve } from './support.js';

const dns = (text: string): string => TEXT.replace(/^dns:[\s\S]*/m, `dns:\n${text}`);

it('resolves names, with all that was left out filled in', () => {
  expect(resolve(TEXT).inventory.dns).toEqual({
    zones: ['home.example.com'],
    serve: ['home-1'],
    resolver: 'dnsmasq',
    upstream: [],
    nodes: true,
    inside: 'nearest',
    apps: {},
    records: [
      { key: 'printer', name: 'printer.home.example.com', targets: [{ address: '192.168.1.50' }] },
      { key: '*.dev', name: '*.dev.home.example.com', targets: [{ node: 'home-1' }] },
    ],
  });
});

it('reports everything that is wrong at once, each with its place', () => {
  expect(
    problemsOf(
      dns(`  zone: [home.example.com, local, "*.x.de", home.example.com]
  serve: [home-1, hme-1, home-1]
  upstream: [192.168.1.10, 9.9.9]
  inside: nearby
  apps: { phtos: public, photos: [vps, vqs] }
  records:
    Printer: 192.168.1.50
    printer.home.example.com: 192.168.1.51
    a_b!: vps
    nas.other.net: vps
    home-1: vps
    x: []
`),
    ),
  ).toEqual([
    'i.yaml:29:28  dns.zone[1]: "local" is the zone of multicast DNS, which doesn\'t ask resolvers; write another, such as home.arpa',
    'i.yaml:29:35  dns.zone[2]: "*.x.de" is not a zone; write x.de',
    'i.yaml:29:45  dns.zone[3]: duplicate zone home.example.com; keep one of them',
    'i.yaml:30:19  dns.serve[1]: must name a node; got "hme-1"; did you mean "home-1"?',
    'i.yaml:30:26  dns.serve[2]: duplicate node home-1; keep one of them',
    "i.yaml:31:14  dns.upstream[0]: 192.168.1.10 is home-1 itself: questions would go round in a circle; write your provider's or a public resolver, such as 9.9.9.9, or remove upstream",
    'i.yaml:31:28  dns.upstream[1]: "9.9.9" is not an address; write four numbers, such as 192.168.15.2, or an IPv6 address',
    'i.yaml:32:11  dns.inside: must be one of nearest, public; got "nearby"',
    'i.yaml:33:11  dns.apps.phtos: must name an app; got "phtos"; did you mean "photos"?',
    'i.yaml:33:40  dns.apps.photos[1]: must be nearest, public, a node or an address; got "vqs"; did you mean "vps"?',
    'i.yaml:36:31  dns.records."printer.home.example.com": printer.home.example.com is already record Printer; keep one of them',
    'i.yaml:37:5  dns.records."a_b!": "a_b!" has the invalid label "a_b!"; write a name such as photos.example.com',
    'i.yaml:38:5  dns.records."nas.other.net": "nas.other.net" is outside the zone home.example.com; write nas.other.net.home.example.com, or add its zone to dns.zone',
    'i.yaml:39:13  dns.records.home-1: home-1.home.example.com is already the name of node home-1; keep one of them',
    'i.yaml:40:5  dns.records.x: is empty; write a node, an address, or a list of them',
  ]);
});

it.each([
  [
    'a zone that is a dot',
    dns('  zone: .\n  serve: home-1\n'),
    ['dns.zone: "." ends with a dot; write a name such as photos.example.com'],
  ],
  ['no zone', dns('  serve: home-1\n'), ['dns']],
  [
    'a node that nobody could ask',
    dns('  zone: home.arpa\n  serve: vps\n').replace(/^ {6}vps: \[10.*\n/m, ''),
    ['vps has no address on a LAN, and is in no network'],
  ],
  [
    'an app that has the name of a node',
    broken('host: photos.example.com', 'host: vps.home.example.com', TEXT),
    [
      'vps.home.example.com is already the name of node vps; give the app another name, or write "nodes: false" into dns',
    ],
  ],
  [
    'an app and a record of one name',
    broken(
      'printer: 192.168.1.50',
      'x.home.example.com: vps',
      TEXT.replace('www.example.com', 'x.home.example.com'),
    ),
    ['x.home.example.com is already the name of app start; write "dns: { apps: { start: ... } }" instead'],
  ],
  [
    'a name that two apps have, with different answers',
    broken(
      '[start.example.com, www.example.com], edge: box',
      'photos.example.com, edge: box, kind: tcp, listen: 99',
      TEXT,
    ),
    ['photos.example.com is already the name of app photos; write the same into dns.apps for both'],
  ],
])('refuses %s', (_, text, parts) => {
  const problems = problemsOf(text).join('\n');
  for (const part of parts) expect(problems).toContain(part);
});

it('takes the names of nodes for apps if nodes have none', () => {
  const text = broken('host: photos.example.com', 'host: vps.home.example.com', TEXT);
  expect(problemsOf(text.replace('serve: home-1\n', 'serve: home-1\n  nodes: false\n'))).toEqual([]);
});

describe('an address of a LAN at which dnsmasq would answer the internet', () => {
  const at = (lan: string, rest = ''): string =>
    TEXT.replace('"fd42:1::/64"]', '"fd42:1::/64", "2001:db8:1::/64"]').replace(
      '{ site: home, lan: [192.168.1.10, "fd42:1::10"] }',
      `{ site: home, lan: ${lan} }`,
    ) + rest;

  it('is told, and an error if there is no other', () => {
    const said =
      'names are not answered at 2001:db8:1::10: it is public, and dnsmasq would answer anybody on the internet';
    expect(resolve(at('[192.168.1.10, "2001:db8:1::10"]')).warnings.map(formatProblem)).toEqual([
      expect.stringContaining(`i.yaml:12:45  nodes.home-1.lan[1]: ${said}; write "resolver: unbound"`),
    ]);
    expect(problemsOf(at('"2001:db8:1::10"'))).toEqual([
      expect.stringContaining(`nodes.home-1.lan: ${said}`),
    ]);
  });

  it('is fine on a node that the firewall closes, and by unbound', () => {
    const lan = '[192.168.1.10, "2001:db8:1::10"]';
    expect(resolve(at(lan, '  resolver: unbound\n')).warnings).toEqual([]);
    expect(resolve(at(lan, 'firewall: [{ on: home-1, allow: [ssh] }]\n')).warnings).toEqual([]);
  });
});
