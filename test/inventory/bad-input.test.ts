import { broken, problemsOf, SOUND } from './support.js';

/** What is broken, the inventory, and the lines that a user reads (the file's name left out); all of them. */
const CASES: readonly (readonly [what: string, text: string, problems: readonly string[]])[] = [
  [
    'unknown key',
    broken('  wk-1: { site', '  wk-1: { sit'),
    ['12:11  nodes.wk-1.sit: unknown key; did you mean "site"? allowed: role, site, public, lan, ssh, lab'],
  ],
  [
    'wrong type',
    broken('public: 198.51.100.25', 'public: 10.0'),
    [
      '11:19  nodes.edge.public: must be text or a list; got the number 10; write an address, such as 192.168.15.2',
    ],
  ],
  [
    'a word that isn’t a boolean in YAML 1.2',
    broken('    public: 203', '    nat: no\n    public: 203'),
    ['6:10  sites.home.nat: must be true or false; got the text "no"; write false'],
  ],
  [
    'port text',
    broken('{ port: 51820, node: wk-1 }', '{ port: "51820", node: wk-1 }'),
    [
      '8:17  sites.home.forwards[0].port: must be a whole number; got the text "51820"; remove the quotes: 51820',
    ],
  ],
  [
    'missing field',
    broken('    range: 172.27.15.0/24\n', ''),
    ['15:3  networks.mesh.range: is missing; add it, such as "range: 172.27.15.0/24"'],
  ],
  [
    'missing fwd node',
    broken('{ port: 51820, node: wk-1 }', '{ port: 51820 }'),
    ['8:9  sites.home.forwards[0].node: is missing; add it, such as "node: wk-1"'],
  ],
  [
    'empty value',
    broken('subnet: 192.168.15.0/24', 'subnet:'),
    ['4:5  sites.home.subnet: must be text or a list; got nothing; write a value'],
  ],
  [
    'an empty value that isn’t needed',
    broken('public: 198.51.100.25', 'public:'),
    ['11:11  nodes.edge.public: must be text or a list; got nothing; write a value or remove the key'],
  ],
  [
    'an empty entry of a list',
    broken('public: 198.51.100.25', 'public: [198.51.100.25, ~]'),
    ['11:35  nodes.edge.public[1]: must be text; got nothing; write a value or remove the entry'],
  ],
  [
    'an empty key of a mapping in a list',
    broken('node: wk-1 }', 'node: }'),
    ['8:24  sites.home.forwards[0].node: must be text; got nothing; write a value, such as wk-1'],
  ],
  [
    'an empty map that is needed',
    'name: home\nnodes:\n',
    ['2:1  nodes: must be a mapping of "key: value" lines; got nothing; write a value'],
  ],
  [
    'unknown site',
    broken('wk-1: { site: home', 'wk-1: { site: hme'),
    ['12:17  nodes.wk-1.site: must name a site; got "hme"; did you mean "home"?'],
  ],
  [
    'unknown node fwd',
    broken('node: wk-1', 'node: wk-11'),
    ['8:30  sites.home.forwards[0].node: must name a node; got "wk-11"; did you mean "wk-1"?'],
  ],
  [
    'unknown member',
    broken('      wk-2: 172', '      kw-2: 172'),
    ['20:7  networks.mesh.addresses.kw-2: must name a node; got "kw-2"; did you mean "wk-2"?'],
  ],
  [
    'host bits',
    broken('range: 172.27.15.0/24', 'range: 172.27.15.1/24'),
    ['16:12  networks.mesh.range: "172.27.15.1/24" has host bits; write 172.27.15.0/24'],
  ],
  [
    'subnet no prefix',
    broken('subnet: 192.168.15.0/24', 'subnet: 192.168.15.0'),
    [
      '4:13  sites.home.subnet: "192.168.15.0" is an address, not a range; add the prefix length, such as 192.168.15.0/24',
    ],
  ],
  [
    'a prefix length where a bare address is wanted',
    broken('edge: 172.27.15.31', 'edge: 172.27.15.31/32'),
    [
      '18:13  networks.mesh.addresses.edge: "172.27.15.31/32" is an address with a prefix length; write it bare: 172.27.15.31',
    ],
  ],
  [
    'leading zeros',
    broken('lan: 192.168.15.3', 'lan: 192.168.15.03'),
    ['12:28  nodes.wk-1.lan: "192.168.15.03" has leading zeros; write 192.168.15.3'],
  ],
  [
    'a number above 255',
    broken('lan: 192.168.15.3', 'lan: 192.168.15.256'),
    ['12:28  nodes.wk-1.lan: "192.168.15.256" has a number above 255; each of the four numbers is 0 to 255'],
  ],
  [
    'an IPv4-mapped address',
    broken('lan: 192.168.15.3', 'lan: "::ffff:192.168.15.3"'),
    ['12:28  nodes.wk-1.lan: "::ffff:192.168.15.3" is an IPv4 address written as IPv6; write 192.168.15.3'],
  ],
  [
    'a zone',
    broken('lan: 192.168.15.3', 'lan: "fe80::1%eth0"'),
    ['12:28  nodes.wk-1.lan: "fe80::1%eth0" has a zone; write a global or unique local address without %'],
  ],
  [
    'three parts',
    broken('lan: 192.168.15.3', 'lan: 192.168.3'),
    [
      '12:28  nodes.wk-1.lan: "192.168.3" is not an address; write four numbers, such as 192.168.15.2, or an IPv6 address',
    ],
  ],
  [
    'outside overlay',
    broken('edge: 172.27.15.31', 'edge: 172.27.16.31'),
    [
      '18:13  networks.mesh.addresses.edge: 172.27.16.31 is outside 172.27.15.0/24; choose one inside, such as 172.27.15.1, or widen networks.mesh.range',
    ],
  ],
  [
    'network address',
    broken('edge: 172.27.15.31', 'edge: 172.27.15.0'),
    [
      '18:13  networks.mesh.addresses.edge: 172.27.15.0 is the network address of 172.27.15.0/24; choose another, such as 172.27.15.1',
    ],
  ],
  [
    'broadcast',
    broken('edge: 172.27.15.31', 'edge: 172.27.15.255'),
    [
      '18:13  networks.mesh.addresses.edge: 172.27.15.255 is the broadcast address of 172.27.15.0/24; choose another, such as 172.27.15.1',
    ],
  ],
  [
    'dup overlay',
    broken('wk-2: 172.27.15.12', 'wk-2: 172.27.15.11'),
    [
      '20:13  networks.mesh.addresses.wk-2: 172.27.15.11 is already used by wk-1; give each its own address, such as 172.27.15.1',
    ],
  ],
  [
    'dup lan',
    broken('lan: 192.168.15.4', 'lan: 192.168.15.3'),
    ['13:28  nodes.wk-2.lan: 192.168.15.3 is already used by wk-1; give each its own address'],
  ],
  [
    'router is node',
    broken('lan: 192.168.15.4', 'lan: 192.168.15.1'),
    ['13:28  nodes.wk-2.lan: 192.168.15.1 is already used by the router of home; give each its own address'],
  ],
  [
    'dup public',
    broken('  wk-1: {', '  edge-2: { public: 198.51.100.25 }\n  wk-1: {'),
    ['12:21  nodes.edge-2.public: 198.51.100.25 is already used by edge; give each its own address'],
  ],
  [
    'public is router',
    broken('public: 198.51.100.25', 'public: 203.0.113.10'),
    [
      '11:19  nodes.edge.public: 203.0.113.10 is the public address of the router of home; remove public from a node that is reached through its router',
    ],
  ],
  [
    'lan outside',
    broken('lan: 192.168.15.4', 'lan: 192.168.16.4'),
    [
      '13:28  nodes.wk-2.lan: 192.168.16.4 is outside 192.168.15.0/24; choose one inside, or widen sites.home.subnet',
    ],
  ],
  [
    'lan without site',
    broken('wk-2: { site: home, ', 'wk-2: { '),
    [
      '9:30  sites.home.forwards[1].node: wk-2 is in no site, not in home; a router forwards to its own LAN: move the forward, or set nodes.wk-2.site: home',
      '13:16  nodes.wk-2.lan: is a LAN address, but the node has no site; add "site: NAME", the site of that LAN, or remove lan',
    ],
  ],
  [
    'site without lan',
    broken('wk-2: { site: home, lan: 192.168.15.4 }', 'wk-2: { site: home }'),
    ['13:3  nodes.wk-2.lan: is missing; add its address on the LAN of home, such as "lan: 192.168.15.2"'],
  ],
  [
    'router outside',
    broken('router: 192.168.15.1', 'router: 192.168.1.1'),
    [
      '5:13  sites.home.router: 192.168.1.1 is outside 192.168.15.0/24; choose one inside, or widen sites.home.subnet',
    ],
  ],
  [
    'overlap overlay lan',
    broken('range: 172.27.15.0/24', 'range: [172.27.15.0/24, 192.168.0.0/16]'),
    [
      '16:29  networks.mesh.range[1]: 192.168.0.0/16 overlaps 192.168.15.0/24 of site home; choose a range that nothing else uses, such as 10.86.0.0/24; on machines that have it already, `bridgehead renumber mesh 10.86.0.0/24` changes it',
    ],
  ],
  [
    'overlap lans',
    broken('nodes:', '  cabin: { subnet: 192.168.0.0/20, nat: false }\nnodes:'),
    [
      '10:20  sites.cabin.subnet: 192.168.0.0/20 overlaps 192.168.15.0/24 of site home, and site cabin has nat: false, so its addresses are reached directly from outside; renumber one of the two LANs',
    ],
  ],
  [
    'overlap overlays',
    SOUND +
      '  other: { interface: wg1, port: 51821, range: 172.27.0.0/16, addresses: { edge: 172.27.15.32 } }\n',
    [
      '21:48  networks.other.range: 172.27.0.0/16 overlaps 172.27.15.0/24 of network mesh; choose a range that nothing else uses, such as 10.86.0.0/24; on machines that have it already, `bridgehead renumber other 10.86.0.0/24` changes it',
    ],
  ],
  [
    'same interface and port',
    `${SOUND}  other: { range: 10.9.0.0/24, addresses: { edge: 10.9.0.1 } }\n`,
    [
      '21:3  networks.other.interface: wg0 is also the interface of network mesh, and edge is in both; choose another name, such as wg1',
      '21:3  networks.other.port: 51820 is also the port of network mesh, and edge is in both; choose another, such as 51821',
    ],
  ],
  [
    'two forwards',
    broken('port: 51821', 'port: 51820'),
    [
      '9:9  sites.home.forwards[1]: udp 203.0.113.10:51820 is already forwarded to wk-1:51820; give each its own port',
    ],
  ],
  [
    'forward to other site',
    broken('wk-2: { site: home, lan: 192.168.15.4 }', 'wk-2: { public: 198.51.100.9 }'),
    [
      '9:30  sites.home.forwards[1].node: wk-2 is in no site, not in home; a router forwards to its own LAN: move the forward, or set nodes.wk-2.site: home',
    ],
  ],
  [
    'forward without public',
    broken('    public: 203.0.113.10\n', ''),
    [
      `6:5  sites.home.forwards: the site has no public address to forward from; add the router's address to sites.home, such as "public: 203.0.113.10"`,
    ],
  ],
  [
    'no address',
    broken('edge: { public: 198.51.100.25 }', 'edge: { role: edge }'),
    ['11:3  nodes.edge: has no address to connect to; add public, or site and lan, or ssh.host'],
  ],
  [
    'host dash',
    broken('public: 198.51.100.25', 'public: 198.51.100.25, ssh: { host: -oProxyCommand=id }'),
    [
      `11:47  nodes.edge.ssh.host: "-oProxyCommand=id" is invalid; write a bare name or address: no spaces, no user@ and no :port (those have their own keys), no '-' at the beginning`,
    ],
  ],
  [
    'user',
    broken('public: 198.51.100.25', 'public: 198.51.100.25, ssh: { user: "-x" }'),
    [
      `11:47  nodes.edge.ssh.user: "-x" is invalid; a login has letters, digits, '_', '.' and '-', and begins with a letter or '_'`,
    ],
  ],
  [
    'a name with a slash',
    broken('  edge: { public', '  ed/ge: { public'),
    [
      '11:3  nodes."ed/ge": is not a valid name; a name has 1 to 63 lower-case letters, digits and hyphens, and does not begin or end with a hyphen (such as "ed-ge")',
      '18:7  networks.mesh.addresses.edge: must name a node; got "edge"; did you mean "ed/ge"?',
    ],
  ],
  [
    'an upper-case name',
    broken('  edge: { public', '  Edge: { public'),
    [
      '11:3  nodes.Edge: is not a valid name; a name has 1 to 63 lower-case letters, digits and hyphens, and does not begin or end with a hyphen (such as "edge")',
      '18:7  networks.mesh.addresses.edge: must name a node; got "edge"; did you mean "Edge"?',
    ],
  ],
  [
    'port range',
    broken('port: 51821', 'port: 70000'),
    ['9:17  sites.home.forwards[1].port: must be between 1 and 65535; got 70000'],
  ],
  [
    'release',
    broken('public: 198.51.100.25', 'public: 198.51.100.25, lab: { release: trixi }'),
    ['11:50  nodes.edge.lab.release: must be one of bookworm, trixie; got "trixi"; did you mean "trixie"?'],
  ],
  [
    'jump self',
    broken('public: 198.51.100.25', 'public: 198.51.100.25, ssh: { jump: edge }'),
    [
      '11:47  nodes.edge.ssh.jump: jumps to itself; a jump host must be reachable without the nodes behind it; change its own ssh settings',
    ],
  ],
  [
    'jump circle',
    broken('lan: 192.168.15.3 }', 'lan: 192.168.15.3, ssh: { jump: wk-2 } }').replace(
      'lan: 192.168.15.4 }',
      'lan: 192.168.15.4, ssh: { jump: wk-1 } }',
    ),
    [
      '12:55  nodes.wk-1.ssh.jump: jumps in a circle: wk-1 -> wk-2 -> wk-1; a jump host must be reachable without the nodes behind it; change its own ssh settings',
    ],
  ],
  [
    'jump unknown',
    broken('public: 198.51.100.25', 'public: 198.51.100.25, ssh: { jump: wk1 }'),
    [
      '11:47  nodes.edge.ssh.jump: must name a node; got "wk1"; did you mean "wk-1"? For a host that is not a node, write user@host:port',
    ],
  ],
  [
    'jump IPv6 and port',
    broken('public: 198.51.100.25', 'public: 198.51.100.25, ssh: { jump: "me@2001:db8:0:0:0:0:0:2:22" }'),
    [
      '11:47  nodes.edge.ssh.jump: "me@2001:db8:0:0:0:0:0:2:22" has a port after an IPv6 address without brackets; write me@[2001:db8:0:0:0:0:0:2]:22',
    ],
  ],
  [
    'jump IPv6 with a last group that may be a port',
    broken('public: 198.51.100.25', 'public: 198.51.100.25, ssh: { jump: "me@2001:db8::2:22" }'),
    [
      '11:47  nodes.edge.ssh.jump: "me@2001:db8::2:22" may end in a port or not; write me@[2001:db8::2]:22, or me@[2001:db8::2:22] if 22 is part of the address',
    ],
  ],
  [
    'jump no IPv6',
    broken('public: 198.51.100.25', 'public: 198.51.100.25, ssh: { jump: "me@2001:db8::g1" }'),
    [
      '11:47  nodes.edge.ssh.jump: "2001:db8::g1" is not an IPv6 address; write user@host:port, or user@[IPv6 address]:port',
    ],
  ],
  [
    'jump port',
    broken('public: 198.51.100.25', 'public: 198.51.100.25, ssh: { jump: "me@h:0" }'),
    ['11:47  nodes.edge.ssh.jump: "0" is not a valid port; write user@host:port with a port from 1 to 65535'],
  ],
  [
    'relay',
    broken('    addresses:', '    relay: egde\n    addresses:'),
    ['17:12  networks.mesh.relay: must name a member of the network; got "egde"; did you mean "edge"?'],
  ],
  [
    'names of the lab that are no names, and nodes that are not there',
    `${SOUND}lab: { names: { Photos: edge, photos.example.com: [edg, 203.0.113.7] } }\n`,
    [
      '21:17  lab.names.Photos: is not a valid name; write a host name in lower case, such as photos.example.com',
      '21:52  lab.names."photos.example.com"[0]: must name a node; got "edg"; did you mean "edge"?',
    ],
  ],
  [
    'an authority of the lab that is not a URL',
    `${SOUND}lab: { authorities: [https://256.0.0.1/dir] }\n`,
    [
      '21:22  lab.authorities[0]: "https://256.0.0.1/dir" is not a URL; write scheme, name, port if it has one, and path, such as https://host.example.com:8443/path',
    ],
  ],
  [
    'an authority of the lab that is no URL',
    `${SOUND}lab: { authorities: [letsencrypt] }\n`,
    [
      '21:22  lab.authorities[0]: "letsencrypt" is invalid; write an https URL without a port, such as https://acme.example/directory',
    ],
  ],
  [
    'laptop',
    `${SOUND}lab: { laptop: hom }\n`,
    ['21:16  lab.laptop: must name a site; got "hom"; did you mean "home"?'],
  ],
  ['no nodes', 'name: x\nnodes: {}\n', ['2:1  nodes: is empty; name at least one machine']],
  [
    'nodes missing',
    'name: x\n',
    ['1:1  nodes: is missing; add it, such as "nodes: { edge-1: { public: 198.51.100.25 } }"'],
  ],
  [
    'interface lo',
    broken('    addresses:', '    interface: lo\n    addresses:'),
    [
      `17:16  networks.mesh.interface: "lo" can't be a WireGuard interface: it is the loopback interface; choose another name, such as wg0`,
    ],
  ],
  [
    'interface all',
    broken('    addresses:', '    interface: all\n    addresses:'),
    [
      `17:16  networks.mesh.interface: "all" can't be a WireGuard interface: the kernel keeps the settings of all interfaces under that name; choose another name, such as wg0`,
    ],
  ],
  [
    'interface default',
    broken('    addresses:', '    interface: default\n    addresses:'),
    [
      `17:16  networks.mesh.interface: "default" can't be a WireGuard interface: the kernel keeps the settings of new interfaces under that name; choose another name, such as wg0`,
    ],
  ],
  [
    'interface interfaces',
    broken('    addresses:', '    interface: interfaces\n    addresses:'),
    [
      `17:16  networks.mesh.interface: "interfaces" can't be a WireGuard interface: \`wg show interfaces\` lists the interfaces; choose another name, such as wg0`,
    ],
  ],
  ...[
    '.',
    '..',
    '.wg',
    '-wg',
    '--help',
    'wg=0',
    'wg+1',
    'wg 0',
    'wg/0',
    'wg:0',
    'wg%',
    'a-name-too-long-for-linux',
  ].map((name): readonly [string, string, readonly string[]] => [
    `interface ${name}`,
    broken('    addresses:', `    interface: "${name}"\n    addresses:`),
    [
      `17:16  networks.mesh.interface: "${name}" is invalid; an interface name has 1 to 15 of: letters, digits, _ . -, and begins with a letter, a digit or _`,
    ],
  ]),
  [
    'interfaces that come to one nftables table',
    `${broken('    addresses:', '    interface: wg.0\n    addresses:')}  other: { interface: wg-0, port: 51821, range: 10.9.0.0/24, addresses: { edge: 10.9.0.1 } }\n`,
    [
      '22:23  networks.other.interface: wg-0 and wg.0 of network mesh differ only in punctuation, and edge is in both; choose another name, such as wg1',
    ],
  ],
];

describe('an inventory with a slip', () => {
  it.each(CASES)('%s', (_what, text, problems) => {
    const found = problemsOf(text).map((line) => line.replace(/^i\.yaml:/, ''));
    expect(problems.length).toBeGreaterThan(0);
    expect(found).toEqual(problems);
  });

  it('is sound without it', () => {
    expect(problemsOf(SOUND)).toEqual([]);
  });
});

describe('a node with the name of something else', () => {
  it.each(['all', 'members', 'hub', 'gateway', 'forwarding', 'overlay', 'lan', 'internet', 'none'])(
    '%s',
    (name) => {
      const text = broken('nodes:\n', `nodes:\n  ${name}: { public: 198.51.100.77 }\n`);
      const [problem, ...more] = problemsOf(text);
      expect(problem).toMatch(`i.yaml:11:3  nodes.${name}: a node cannot be named ${name}: `);
      expect(problem).toMatch(`; choose another name, such as ${name}-1`);
      expect(more).toEqual([]);
    },
  );
});
