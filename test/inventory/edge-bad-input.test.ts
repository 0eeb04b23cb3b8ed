import { broken, problemsOf, resolve } from './support.js';

/** An edge on the internet, a machine at home, and two apps; sound. */
const EDGE = `name: edge
sites:
  home:
    subnet: 192.168.1.0/24
    router: 192.168.1.1
    public: 203.0.113.8
nodes:
  vps: { public: 198.51.100.8 }
  home-1: { site: home, lan: 192.168.1.10 }
  lan-1: { site: home, lan: 192.168.1.100 }
networks:
  mesh:
    range: 10.8.0.0/24
    addresses:
      vps: 10.8.0.1
      home-1: 10.8.0.3
edges:
  vps: { acme: { email: me@example.com } }
apps:
  photos:
    host: photos.example.com
    to: { node: home-1, port: 2283 }
  game: { kind: tcp, listen: 25565, to: { node: home-1, address: 192.168.1.100, port: 25565 } }
`;

const edge = (piece: string, by: string, text = EDGE) => broken(piece, by, text);
const photos = (lines: string) => edge('    host: photos', `    ${lines}\n    host: photos`);

const CASES: readonly (readonly [what: string, text: string, problems: readonly string[]])[] = [
  [
    'two apps with one name',
    `${EDGE}  album: { host: Photos.example.com, to: { node: home-1, port: 81 } }\n`,
    [
      '24:18  apps.album.host: photos.example.com is already the name of photos; give each app a name of its own',
    ],
  ],
  [
    'a name twice',
    edge('host: photos.example.com', 'host: [photos.example.com, photos.example.com]'),
    ['21:32  apps.photos.host[1]: duplicate name photos.example.com; keep one of them'],
  ],
  [
    'two apps with one port of a node',
    edge('listen: 25565, to', 'listen: 25565, port: 8080, to', photos('port: 8080')),
    [
      '24:43  apps.game.port: 8080/tcp of home-1 is already the port of photos; choose another, such as "port: 20000"',
    ],
  ],
  [
    'a port at home that WireGuard has, for an app of UDP',
    edge('{ kind: tcp, listen: 25565,', '{ kind: udp, listen: 25565, port: 51820,'),
    [
      '23:43  apps.game.port: 51820/udp of home-1 is already network mesh\'s; choose another, such as "port: 51821"',
    ],
  ],
  [
    'ports of an edge that others have',
    `${EDGE.replace('listen: 25565', 'listen: 443')}  mail: { kind: tcp, listen: 22, to: { node: home-1, port: 25 } }
  voice: { kind: udp, listen: 51820, to: { node: home-1, port: 64738 } }
`,
    [
      '23:30  apps.game.listen: 443/tcp of vps is already traefik\'s; choose another, such as "listen: 20000"',
      '24:30  apps.mail.listen: 22/tcp of vps is already sshd\'s; choose another, such as "listen: 20000"',
      '25:31  apps.voice.listen: 51820/udp of vps is already network mesh\'s; choose another, such as "listen: 51821"',
    ],
  ],
  [
    'the ports at which Traefik answers itself',
    `${EDGE.replace('listen: 25565', 'listen: 9180')}  mail: { kind: tcp, listen: 9181, to: { node: home-1, port: 25 } }
`,
    [
      '23:30  apps.game.listen: 9180/tcp of vps is already traefik\'s; choose another, such as "listen: 20000"',
      '24:30  apps.mail.listen: 9181/tcp of vps is already traefik\'s; choose another, such as "listen: 20000"',
    ],
  ],
  [
    'apps that are the proxy itself',
    `${EDGE}  api: { host: api.example.com, to: { node: vps, port: 9180 } }
  page: { host: page.example.com, to: { node: vps, address: 127.0.0.1, port: 9181 } }
  round: { kind: tls, host: round.example.com, to: { node: vps, address: 10.8.0.1, port: 443 } }
  again: { host: again.example.com, to: { node: vps, address: 198.51.100.8, port: 80 } }
  bare: { kind: tcp, listen: 99, to: { node: vps, port: 9180 } }
`,
    [
      "24:56  apps.api.to.port: 9180/tcp of vps is traefik's, which would lead visitors to itself; write the port at which the app itself listens",
      "25:78  apps.page.to.port: 9181/tcp of vps is traefik's, which would lead visitors to itself; write the port at which the app itself listens",
      "26:90  apps.round.to.port: 443/tcp of vps is traefik's, which would lead visitors to itself; write the port at which the app itself listens",
      "27:83  apps.again.to.port: 80/tcp of vps is traefik's, which would lead visitors to itself; write the port at which the app itself listens",
      "28:57  apps.bare.to.port: 9180/tcp of vps is traefik's, which would lead visitors to itself; write the port at which the app itself listens",
    ],
  ],
  [
    'options that let nobody in',
    `${photos('options: { allow: [10.0.0.0/8, "fd00::/8"], deny: [10.0.0.0/9, 10.128.0.0/9, "fc00::/7"] }')}\
  shut: { kind: tcp, listen: 25, to: { node: home-1, port: 25 }, options: { deny: [0.0.0.0/0, "::/0"] } }
`,
    [
      '21:55  apps.photos.options.deny: nobody is let in: it has all that allow has; write options.maintenance: true in its place, or remove photos as long as nobody is to reach it',
      '25:83  apps.shut.options.deny: nobody is let in: it has all addresses; remove shut as long as nobody is to reach it',
    ],
  ],
  [
    'an authority that is not a URL',
    edge('email: me@example.com', 'email: me@example.com, directory: "https://ca.lan:99999/acme"'),
    [
      '18:52  edges.vps.acme.directory: "https://ca.lan:99999/acme" is not a URL; write scheme, name, port if it has one, and path, such as https://host.example.com:8443/path',
    ],
  ],
  [
    'an authority whose URL nobody can take apart',
    edge('email: me@example.com', 'email: me@example.com, directory: "https://["'),
    [
      '18:52  edges.vps.acme.directory: "https://[" is not a URL; write scheme, name, port if it has one, and path, such as https://host.example.com:8443/path',
    ],
  ],
  ...['https://a b', 'https://a{b', 'https://a"b', 'https://`a`'].map((directory): (typeof CASES)[number] => [
    `an authority that Caddy would read as something else: ${directory}`,
    edge('email: me@example.com', `email: me@example.com, directory: '${directory}'`),
    [
      `18:52  edges.vps.acme.directory: ${JSON.stringify(directory)} is invalid; write production, staging, or a URL that begins with https://, without quotes or braces`,
    ],
  ]),
  ...['"me@example.com', 'me@{$HOME}.com', 'me@exam`ple.com'].map((email): (typeof CASES)[number] => [
    `an address for mail that Caddy would read as something else: ${email}`,
    edge('email: me@example.com', `email: '${email}'`),
    [
      `18:25  edges.vps.acme.email: ${JSON.stringify(email)} is invalid; write an address for mail, without quotes or braces, such as me@example.com`,
    ],
  ]),
  [
    'a name with a scheme',
    edge('host: photos.example.com', 'host: https://photos.example.com/'),
    ['21:11  apps.photos.host: "https://photos.example.com/" is a URL, not a name; write photos.example.com'],
  ],
  [
    'names that are none',
    edge(
      'host: photos.example.com',
      'host: [photos, 198.51.100.8, "a..example.com", a.*.com, photos.example.com., bücher.example]',
    ),
    [
      '21:12  apps.photos.host[0]: "photos" is not a name on the internet; write a name such as photos.example.com',
      '21:20  apps.photos.host[1]: "198.51.100.8" is an address, not a name; write the name that visitors type, such as photos.example.com',
      '21:34  apps.photos.host[2]: "a..example.com" has an empty label; write a name such as photos.example.com',
      '21:52  apps.photos.host[3]: "a.*.com" has a wildcard in a wrong place; write *. in front, and nowhere else, such as *.example.com',
      '21:61  apps.photos.host[4]: "photos.example.com." ends with a dot; write photos.example.com',
      '21:82  apps.photos.host[5]: "bücher.example" has letters that DNS does not have; write xn--bcher-kva.example',
    ],
  ],
  [
    'a wildcard without challenge dns',
    edge('host: photos.example.com', 'host: "*.example.com"'),
    [
      '21:11  apps.photos.host: *.example.com needs challenge dns, and vps has http; set edges.vps.acme.challenge: dns, or write the names one by one',
    ],
  ],
  [
    'a wildcard on an edge whose proxy has no challenge dns',
    edge('{ acme:', '{ proxy: caddy, acme:', edge('host: photos.example.com', 'host: "*.example.com"')),
    [
      '21:11  apps.photos.host: *.example.com needs challenge dns, and vps has http; set edges.vps.acme.challenge: dns, and edges.vps.proxy: traefik, which has it, or write the names one by one',
    ],
  ],
  [
    'an app of two edges whose certificates an authority asks either for',
    edge(
      'to: { node: home-1, port',
      'edge: [vps, vps-2]\n    to: { node: home-1, port',
      edge(
        'edges:\n',
        'edges:\n  vps-2: { acme: { email: me@example.com, challenge: dns, dns: { provider: hetzner } } }\n',
        edge(
          '      vps: 10.8.0.1\n',
          '      vps: 10.8.0.1\n      vps-2: 10.8.0.2\n',
          edge('  lan-1:', '  vps-2: { public: 198.51.100.9 }\n  lan-1:').replace(
            '{ kind: tcp,',
            '{ kind: tcp, edge: vps,',
          ),
        ),
      ),
    ),
    [
      "25:11  apps.photos.edge: vps can't get its certificate by challenge http: the authority may ask any of vps, vps-2; set edges.vps.acme.challenge: dns, or give photos one edge",
    ],
  ],
  [
    'an edge that is no node',
    edge('edges:\n  vps:', 'edges:\n  vpx:'),
    ['18:3  edges.vpx: must name a node; got "vpx"; did you mean "vps"?'],
  ],
  [
    'an edge without a public address',
    edge('edges:\n  vps:', 'edges:\n  home-1:'),
    [
      '18:3  edges.home-1: home-1 has no public address, and no router forwards to it; add nodes.home-1.public, or to sites.home.forwards { protocol: tcp, port: 443, node: home-1 }',
    ],
  ],
  [
    'an app whose edge is none',
    photos('edge: home-1'),
    ['21:11  apps.photos.edge: must name an edge; got "home-1"; one of: vps'],
  ],
  [
    'apps without edges',
    edge('edges:\n  vps: { acme: { email: me@example.com } }\n', ''),
    [
      '18:3  apps.photos.edge: is missing, and the inventory has no edges; add them, such as "edges: { vps: { acme: { email: me@example.com } } }"',
      '21:3  apps.game.edge: is missing, and the inventory has no edges; add them, such as "edges: { vps: { acme: { email: me@example.com } } }"',
    ],
  ],
  [
    'an app on a node that is not on the network',
    edge('to: { node: home-1, port', 'to: { node: lan-1, port'),
    [
      '22:17  apps.photos.to.node: lan-1 and vps have no network in common; add them to the addresses of one network, or name another node in apps.photos.to',
    ],
  ],
  [
    'a network that has no such member, and one that is none',
    edge('to: { node: home-1, port', 'network: mehs\n    to: { node: home-1, port'),
    ['22:14  apps.photos.network: must name a network; got "mehs"; did you mean "mesh"?'],
  ],
  [
    'an app of HTTP on an edge without certificates',
    edge(' { acme: { email: me@example.com } }', ' { proxy: caddy }'),
    [
      '18:3  edges.vps.acme: is missing, and photos needs a certificate for photos.example.com; add it, such as "acme: { email: me@example.com }"',
    ],
  ],
  [
    'relays that can’t do it',
    edge(
      'address: 192.168.1.100, port: 25565 } }',
      'address: 127.0.0.1, port: 25565 }, relay: dnat }',
      photos('relay: direct\n    port: 8080'),
    ),
    [
      "21:12  apps.photos.relay: direct relays nothing, so port 8080 would have to be the app's own, 2283; remove port, or relay",
      "25:99  apps.game.relay: dnat can't lead to 127.0.0.1: the kernel drops packets from outside to it; write relay: socket-proxyd",
    ],
  ],
  [
    'a relay of TCP for UDP',
    edge('kind: tcp, listen', 'kind: udp, relay: socat, listen'),
    ['23:29  apps.game.relay: socat relays TCP, and the app is of kind udp; write relay: dnat'],
  ],
  [
    'visitors of UDP that nobody would keep out',
    edge('kind: tcp,', 'kind: udp, options: { allow: 10.0.0.0/8, deny: 10.1.0.0/16 },'),
    [
      '23:40  apps.game.options.allow: with udp, only a firewall could enforce it, and no firewall rule names vps; add one, such as "firewall: [{ on: vps, allow: [ssh] }]", or remove it',
      '23:58  apps.game.options.deny: with udp, only a firewall could enforce it, and no firewall rule names vps; add one, such as "firewall: [{ on: vps, allow: [ssh] }]", or remove it',
    ],
  ],
  [
    'an app in a family that its node has not on the overlay',
    edge('address: 192.168.1.100', 'address: "fd12::20"'),
    [
      '23:66  apps.game.to.address: home-1 has no IPv6 in mesh, and dnat leads to fd12::20 only from IPv6; add an IPv6 address of home-1 to networks.mesh.addresses, or write relay: socket-proxyd',
    ],
  ],
  [
    'an app in a family that its edge has not on the overlay',
    edge('address: 192.168.1.100', 'address: "fd12::20"')
      .replace('range: 10.8.0.0/24', 'range: [10.8.0.0/24, "fd11::/64"]')
      .replace('home-1: 10.8.0.3', 'home-1: [10.8.0.3, "fd11::3"]'),
    [
      '23:66  apps.game.to.address: vps has no IPv6 in mesh, and dnat leads to fd12::20 only from IPv6; add an IPv6 address of vps to networks.mesh.addresses, or write relay: socket-proxyd',
    ],
  ],
  [
    'options for another kind',
    edge('kind: tcp,', 'kind: tcp, options: { hsts: 1h, allow: 10.0.0.0 },'),
    ['23:33  apps.game.options.hsts: is only for kind http: with tcp, the edge reads no requests; remove it'],
  ],
  [
    'a secret in the clear, and two references',
    photos('options: { auth: "me:secret" }').replace(
      'me@example.com }',
      'me@example.com, challenge: dns, dns: { provider: hetzner, env: { KEY: { env: A, file: b } } } }',
    ),
    [
      '18:90  edges.vps.acme.dns.env.KEY: has more than 1 entry; write { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }',
      '21:22  apps.photos.options.auth: must say where the secret is kept, not what it is; write { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }',
    ],
  ],
  [
    'durations and rates in other words',
    photos('options: { upload: 2 hours, rate: fast, hsts: 1y }'),
    [
      '21:24  apps.photos.options.upload: "2 hours" is invalid; write a number with s, m, h or d, such as 2h',
      '21:39  apps.photos.options.rate: "fast" is invalid; write requests per second, minute or hour, such as 100/s',
      '21:51  apps.photos.options.hsts: "1y" is invalid; write a number with s, m, h or d, such as 2h',
    ],
  ],
  [
    'a node named like a word for apps',
    edge('  lan-1:', '  apps:'),
    [
      '10:3  nodes.apps: a node cannot be named apps: in a playbook, `on:` means the nodes that serve apps by it; choose another name, such as apps-1',
    ],
  ],
];

describe('edges and apps', () => {
  it('are sound as written', () => {
    expect(problemsOf(EDGE)).toEqual([]);
  });

  it.each(CASES)('%s', (_what, text, problems) => {
    expect(problemsOf(text)).toEqual(problems.map((problem) => `i.yaml:${problem}`));
  });

  it('may be one machine', () => {
    const text = EDGE.replaceAll('home-1, ', 'vps, ').replace(/networks:[\s\S]*?edges:/, 'edges:');
    expect(problemsOf(text)).toEqual([]);
    expect(resolve(text).inventory.apps.map(({ network }) => network)).toEqual([undefined, undefined]);
  });
});

describe('the registry', () => {
  it('has everything filled in', () => {
    expect(resolve(EDGE).inventory.apps[0]).toEqual({
      name: 'photos',
      kind: 'http',
      hosts: ['photos.example.com'],
      edges: ['vps'],
      network: 'mesh',
      to: { node: 'home-1', port: 2283 },
      port: 27_524,
      relay: 'dnat',
      options: { headers: {}, maintenance: false, proxyProtocol: false },
      expect: { path: '/', status: 200 },
    });
  });

  it('gives an app the same port whatever other apps there are', () => {
    const port = (text: string) => resolve(text).inventory.apps.find(({ name }) => name === 'game')?.port;
    expect(port(EDGE.replace(/ {2}photos:[\s\S]*?2283 }\n/, ''))).toBe(port(EDGE));
  });

  it('relays to a loopback address by a program, and to the port itself not at all', () => {
    const relayOf = (to: string, more = '') =>
      resolve(edge('to: { node: home-1, port: 2283 }', `to: { node: home-1, ${to} }${more}`)).inventory
        .apps[0];
    expect(relayOf('address: 127.0.0.1, port: 80')?.relay).toBe('socket-proxyd');
    expect(relayOf('address: "::1", port: 80')?.relay).toBe('socket-proxyd');
    expect(relayOf('port: 80', '\n    port: 80')?.relay).toBe('direct');
    expect(relayOf('port: 80', '\n    relay: direct')?.port).toBe(80);
  });

  it('reads durations, rates and ranges', () => {
    const options = 'options: { upload: 2h, rate: 600/m, hsts: 180d, allow: [10.1.2.3, "fd00::/8"] }';
    expect(resolve(photos(options)).inventory.apps[0]?.options).toMatchObject({
      upload: 7200,
      rate: { requests: 600, per: 60 },
      hsts: 15_552_000,
      allow: ['10.1.2.3/32', 'fd00::/8'],
    });
  });

  it('warns of an authority whose certificates nobody trusts', () => {
    const text = edge('email: me@example.com', 'email: me@example.com, directory: staging');
    expect(resolve(text).warnings.map(({ message }) => message)).toEqual([
      "browsers don't trust the certificates of staging",
    ]);
  });
});
