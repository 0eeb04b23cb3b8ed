import { broken, HUB, problemsOf } from './support.js';

const KEY = 'jJ5cTe0KmMrGmTbo9AXVBqcVfXPVnuXHGpBc1d2bCSM=';
const hub = (piece: string, by: string, text = HUB) => broken(piece, by, text);
const phone = (words: string, text = HUB) => hub('phone: { address: 10.8.0.2 }', `phone: { ${words} }`, text);
/** The same with an IPv6 range and addresses. */
const DUAL = [
  ['range: 10.8.0.0/24', 'range: [10.8.0.0/24, "fd42:8::/64"]'],
  ['vps: 10.8.0.1', 'vps: [10.8.0.1, "fd42:8::1"]'],
  ['gw: 10.8.0.3', 'gw: [10.8.0.3, "fd42:8::3"]'],
].reduce((text, [piece = '', by = '']) => hub(piece, by, text), HUB);

const CASES: readonly (readonly [what: string, text: string, problems: readonly string[]])[] = [
  [
    'a client with the name of a node',
    hub('phone:', 'lan-1:'),
    ['19:14  networks.home.clients.lan-1: lan-1 is a node too; choose another name, such as lan-1-2'],
  ],
  [
    'a client twice',
    hub('      phone: {', '      phone: { address: 10.8.0.9 }\n      phone: {'),
    ['20:7  networks.home.clients.phone: duplicate key (first on line 19); keep one of them'],
  ],
  [
    'a client of another network',
    `${HUB}  two: { shape: hub, hub: vps, interface: wg1, port: 51821, range: 10.9.0.0/24, addresses: { vps: 10.9.0.1 }, clients: { phone: { address: 10.9.0.2 } } }\n`,
    [
      '20:129  networks.two.clients.phone: phone is a client of network home too; choose another name, such as phone-2',
    ],
  ],
  [
    'a client name with odd characters',
    hub('phone:', '"my phone!":'),
    [
      '19:7  networks.home.clients."my phone!": is not a valid name; a name has 1 to 63 lower-case letters, digits and hyphens, and does not begin or end with a hyphen (such as "my-phone")',
    ],
  ],
  [
    'a client address outside the network',
    phone('address: 10.9.0.2'),
    [
      '19:25  networks.home.clients.phone.address: 10.9.0.2 is outside 10.8.0.0/24; choose one inside, such as 10.8.0.2, or widen networks.home.range',
    ],
  ],
  [
    'a client address that is taken',
    phone('address: 10.8.0.3'),
    [
      '19:25  networks.home.clients.phone.address: 10.8.0.3 is already used by gw; give each its own address, such as 10.8.0.2',
    ],
  ],
  [
    'a client without an address',
    phone('tunnel: full'),
    [
      '19:7  networks.home.clients.phone.address: is missing; add it, such as "address: 10.8.0.2"',
      '19:24  networks.home.clients.phone.tunnel: phone sends everything to its hub, which does not forward to the internet; set networks.home.internet: true, or tunnel: split',
    ],
  ],
  [
    'a client key that is none',
    phone('address: 10.8.0.2, publicKey: abc'),
    [
      '19:46  networks.home.clients.phone.publicKey: "abc" is invalid; a WireGuard public key has 44 characters and ends in "="; remove it and run client rekey',
    ],
  ],
  [
    'two clients with one key',
    hub(
      'phone: { address: 10.8.0.2 }',
      `phone: { address: 10.8.0.2, publicKey: ${KEY} }\n      pad: { address: 10.8.0.4, publicKey: ${KEY} }`,
    ),
    [
      '20:44  networks.home.clients.pad.publicKey: is the public key of phone too; give each device its own keys: client rekey pad',
    ],
  ],
  [
    'a full tunnel on a hub without NAT',
    phone('address: 10.8.0.2, tunnel: full'),
    [
      '19:43  networks.home.clients.phone.tunnel: phone sends everything to its hub, which does not forward to the internet; set networks.home.internet: true, or tunnel: split',
    ],
  ],
  [
    'a tunnel that is neither',
    phone('address: 10.8.0.2, tunnel: ful'),
    [
      '19:43  networks.home.clients.phone.tunnel: must be one of split, full; got "ful"; did you mean "full"?',
    ],
  ],
  [
    'a name server behind the tunnel and out of reach',
    phone('address: 10.8.0.2, dns: 192.168.1.1, reach: overlay'),
    [
      '19:40  networks.home.clients.phone.dns: phone may not reach its name server 192.168.1.1; add 192.168.1.1:53/udp to its reach, or choose another',
    ],
  ],
  [
    'a reach that isn’t a word',
    phone('address: 10.8.0.2, reach: [lna]'),
    [
      '19:43  networks.home.clients.phone.reach[0]: must be all, overlay, lan, internet, a node or a range; got "lna"; did you mean "lan"?',
    ],
  ],
  [
    'a reach out of the way',
    phone('address: 10.8.0.2, reach: [10.8.0.3, 192.168.2.1]'),
    [
      '19:53  networks.home.clients.phone.reach[1]: 192.168.2.1/32 is not in the overlay, nor in an advertised LAN; choose from 10.8.0.0/24, 192.168.1.0/24',
    ],
  ],
  [
    'an odd internet',
    hub('    range', '    internet: yes\n    range', phone('address: 10.8.0.2, tunnel: full')),
    ['12:15  networks.home.internet: must be true or false; got the text "yes"; write true'],
  ],
  [
    'a reach with half a LAN',
    phone('address: 10.8.0.2, reach: [lan, gw]').replace(
      '192.168.1.0/24 }\n    clients',
      '192.168.1.5/24 }\n    clients',
    ),
    ['17:22  networks.home.advertise.gw.subnets: "192.168.1.5/24" has host bits; write 192.168.1.0/24'],
  ],
  [
    'all and more',
    phone('address: 10.8.0.2, reach: [lan, all]'),
    [
      '19:48  networks.home.clients.phone.reach[1]: "all" already includes everything; write "reach: all", or remove "all" from the list',
    ],
  ],
  [
    'a reach beyond the tunnel',
    phone('address: 10.8.0.2, reach: [lan, 10.0.0.0/24]'),
    [
      '19:48  networks.home.clients.phone.reach[1]: 10.0.0.0/24 is not in the overlay, nor in an advertised LAN; choose from 10.8.0.0/24, 192.168.1.0/24',
    ],
  ],
  [
    'a reach with host bits',
    phone('address: 10.8.0.2, reach: [192.168.1.100/24]'),
    ['19:43  networks.home.clients.phone.reach[0]: "192.168.1.100/24" has host bits; write 192.168.1.0/24'],
  ],
  [
    'ports that are none',
    phone('address: 10.8.0.2, reach: [gw:0, "gw:70000", gw:http, gw:22/icmp, all:22, gv:22]'),
    [
      '19:43  networks.home.clients.phone.reach[0]: "gw:0" has no port from 1 to 65535 after its colon; write its number, such as gw:3000, or only gw',
      '19:49  networks.home.clients.phone.reach[1]: "gw:70000" has no port from 1 to 65535 after its colon; write its number, such as gw:3000, or only gw',
      '19:61  networks.home.clients.phone.reach[2]: "gw:http" has no port from 1 to 65535 after its colon; write its number, such as gw:3000, or only gw',
      '19:70  networks.home.clients.phone.reach[3]: "gw:22/icmp" is for a protocol other than tcp and udp; write gw:22 for TCP, or gw:22/udp',
      '19:82  networks.home.clients.phone.reach[4]: "all:22" has a port, but all can\'t have one; write all, or the nodes, addresses or ranges with the port, such as pc2:3000',
      '19:90  networks.home.clients.phone.reach[5]: must name a node or a range before the port; got "gv:22"; did you mean "gw"?',
    ],
  ],
  [
    'a port of an address out of the way',
    phone('address: 10.8.0.2, reach: [gw:22, 192.168.2.1:22/tcp]'),
    [
      '19:50  networks.home.clients.phone.reach[1]: 192.168.2.1/32 is not in the overlay, nor in an advertised LAN; choose from 10.8.0.0/24, 192.168.1.0/24',
    ],
  ],
  [
    'a port of a node that is no member',
    phone(
      'address: 10.8.0.2, reach: [gw:22, lan-1:3000/tcp]',
      hub('    advertise:\n      gw: { subnets: 192.168.1.0/24 }\n', ''),
    ),
    [
      '17:50  networks.home.clients.phone.reach[1]: lan-1 is not a member of the network, nor on an advertised LAN; remove it, or advertise its LAN',
    ],
  ],
  [
    'a name server of which another port may be reached',
    phone('address: 10.8.0.2, dns: 192.168.1.1, reach: ["192.168.1.1:53"]'),
    [
      '19:40  networks.home.clients.phone.dns: phone may not reach its name server 192.168.1.1; add 192.168.1.1:53/udp to its reach, or choose another',
    ],
  ],
  [
    'the internet without NAT',
    phone('address: 10.8.0.2, reach: [lan, internet]'),
    [
      '19:48  networks.home.clients.phone.reach[1]: the hub does not forward to the internet; set networks.home.internet: true, or remove internet',
    ],
  ],
  [
    'a LAN that nobody advertises',
    phone(
      'address: 10.8.0.2, reach: [lan, lan-1]',
      hub('    advertise:\n      gw: { subnets: 192.168.1.0/24 }\n', ''),
    ),
    [
      '17:43  networks.home.clients.phone.reach[0]: no member advertises a LAN; add one to networks.home.advertise, or remove lan',
      '17:48  networks.home.clients.phone.reach[1]: lan-1 is not a member of the network, nor on an advertised LAN; remove it, or advertise its LAN',
    ],
  ],
  [
    'two nodes that advertise one subnet',
    hub(
      'gw: { subnets: 192.168.1.0/24 }',
      'gw: { subnets: 192.168.1.0/24 }\n      lan-1: { subnets: 192.168.1.0/24 }',
    ).replace('gw: 10.8.0.3', 'gw: 10.8.0.3\n      lan-1: 10.8.0.4'),
    [
      '19:25  networks.home.advertise.lan-1.subnets: 192.168.1.0/24 is already advertised by gw; choose one node as the gateway',
    ],
  ],
  [
    'two nodes that advertise parts of each other',
    hub(
      'gw: { subnets: 192.168.1.0/24 }',
      'gw: { subnets: 10.20.0.0/16 }\n      vps: { subnets: [10.30.0.0/24, 10.20.8.0/24] }',
    ),
    [
      '18:38  networks.home.advertise.vps.subnets[1]: 10.20.8.0/24 overlaps 10.20.0.0/16, which gw advertises; choose one node as the gateway',
    ],
  ],
  [
    "a subnet that holds a node's own management address",
    hub('vps: { public: 198.51.100.8 }', 'vps: { public: 198.51.100.8, ssh: { host: 10.20.0.5 } }').replace(
      'subnets: 192.168.1.0/24',
      'subnets: [192.168.1.0/24, 10.20.0.0/16]',
    ),
    [
      '17:39  networks.home.advertise.gw.subnets[1]: 10.20.0.0/16 contains 10.20.0.5, the SSH address of vps: its packets would go into the tunnel; narrow the subnet, or set nodes.vps.site if it is behind gw',
    ],
  ],
  [
    'a second LAN behind the gateway, in which a member next to it is managed',
    hub('lan: 192.168.1.100 }', 'lan: 192.168.1.100, ssh: { host: 10.20.0.5 } }')
      .replace('subnets: 192.168.1.0/24', 'subnets: 10.20.0.0/16')
      .replace('gw: 10.8.0.3', 'gw: 10.8.0.3\n      lan-1: 10.8.0.4'),
    [
      '18:22  networks.home.advertise.gw.subnets: 10.20.0.0/16 contains 10.20.0.5, the SSH address of lan-1: its packets would go into the tunnel; narrow the subnet',
    ],
  ],
  [
    "a subnet that holds a node's public address",
    hub('subnets: 192.168.1.0/24', 'subnets: 198.51.100.0/24'),
    [
      '17:22  networks.home.advertise.gw.subnets: 198.51.100.0/24 contains 198.51.100.8, a public address of node vps; advertise only what is behind the gateway',
    ],
  ],
  [
    "another site's LAN",
    hub('nodes:', '  cabin: { subnet: 192.168.2.0/24 }\nnodes:').replace(
      'subnets: 192.168.1.0/24',
      'subnets: 192.168.2.0/24',
    ),
    [
      '18:22  networks.home.advertise.gw.subnets: 192.168.2.0/24 overlaps 192.168.2.0/24 of site cabin; advertise only what is behind the gateway',
    ],
  ],
  [
    'the overlay advertised',
    hub('subnets: 192.168.1.0/24', 'subnets: 10.8.0.128/25'),
    [
      '17:22  networks.home.advertise.gw.subnets: 10.8.0.128/25 overlaps 10.8.0.0/24 of network home; advertise only what is behind the gateway',
    ],
  ],
  [
    'everything advertised',
    hub('subnets: 192.168.1.0/24', 'subnets: 0.0.0.0/0'),
    [
      '17:22  networks.home.advertise.gw.subnets: 0.0.0.0/0 is not a LAN but everything; advertise LANs; for the internet set networks.home.internet: true, and tunnel: full for clients',
    ],
  ],
  [
    'an IPv6 subnet in an IPv4 network',
    hub('subnets: 192.168.1.0/24', 'subnets: "fd01::/64"'),
    [
      '17:22  networks.home.advertise.gw.subnets: fd01::/64 is IPv6, and the network has no IPv6 range; add one to networks.home.range, with addresses, or remove it',
    ],
  ],
  [
    'an IPv6 subnet behind a gateway without IPv6',
    hub('[10.8.0.3, "fd42:8::3"]', '10.8.0.3', DUAL).replace(
      'subnets: 192.168.1.0/24',
      'subnets: "fd01::/64"',
    ),
    [
      '17:22  networks.home.advertise.gw.subnets: fd01::/64 is IPv6, and gw has no IPv6 address in the network; give it one in networks.home.addresses.gw, or remove the subnet',
    ],
  ],
  [
    'a gateway that isn’t a member',
    hub('gw: { subnets', 'lan-1: { subnets'),
    [
      '17:7  networks.home.advertise.lan-1: must name a member of the network; got "lan-1"; give lan-1 an address in networks.home.addresses',
    ],
  ],
  [
    'a gateway that isn’t a node',
    hub('gw: { subnets', 'gv: { subnets'),
    ['17:7  networks.home.advertise.gv: must name a member of the network; got "gv"; did you mean "gw"?'],
  ],
  [
    'a gateway without subnets',
    hub('{ subnets: 192.168.1.0/24 }', '{ nat: none }'),
    ['17:7  networks.home.advertise.gw.subnets: is missing; add it, such as "subnets: 192.168.1.0/24"'],
  ],
  [
    'a NAT that is neither',
    hub('subnets: 192.168.1.0/24 }', 'subnets: 192.168.1.0/24, nat: no }'),
    [
      '17:43  networks.home.advertise.gw.nat: must be one of masquerade, none; got "no"; did you mean "none"?',
    ],
  ],
  [
    'a hub in the LAN of its gateway',
    hub('hub: vps', 'hub: lan-1')
      .replace('vps: 10.8.0.1', 'lan-1: 10.8.0.1')
      .replace('public: 203.0.113.8 }', 'public: 203.0.113.8, forwards: [{ port: 51820, node: lan-1 }] }'),
    [
      '17:22  networks.home.advertise.gw.subnets: 192.168.1.0/24 is the LAN of lan-1 itself, in site home: its packets would bypass gw; advertise it from lan-1',
    ],
  ],
  [
    'no hub',
    hub('    hub: vps\n', ''),
    ['9:3  networks.home.hub: is missing; name the member that all others connect to, such as "hub: vps"'],
  ],
  [
    'a hub that isn’t a member',
    hub('hub: vps', 'hub: vsp'),
    ['11:10  networks.home.hub: must name a member of the network; got "vsp"; did you mean "vps"?'],
  ],
  [
    'a hub twice',
    hub('hub: vps', 'hub: [vps, vps]'),
    ['11:16  networks.home.hub[1]: duplicate hub vps; keep one of them'],
  ],
  [
    'an empty list of hubs',
    hub('hub: vps', 'hub: []'),
    ['11:5  networks.home.hub: is empty; name a member, such as "hub: vps"'],
  ],
  [
    'a hub of nobody',
    hub('hub: vps', 'hub: vps\n    hubOf: { phnoe: vps, vps: vps, gw: gw }'),
    [
      '12:14  networks.home.hubOf.phnoe: must name a spoke or a client; got "phnoe"; did you mean "phone"?',
      '12:26  networks.home.hubOf.vps: vps is a hub itself; remove it: hubs connect to each other',
      '12:40  networks.home.hubOf.gw: must name a hub of the network; got "gw"; one of: vps',
    ],
  ],
  [
    'a shape that is neither',
    hub('shape: hub', 'shape: hubb'),
    ['10:12  networks.home.shape: must be one of mesh, hub; got "hubb"; did you mean "hub"?'],
  ],
  [
    'a hub in a mesh',
    hub('shape: hub', 'internet: true'),
    [
      '10:15  networks.home.internet: a mesh has no hub that forwards to the internet; set networks.home.shape: hub and name the hub, or remove it',
      '11:5  networks.home.hub: is only for shape hub, and the network is a mesh; set networks.home.shape: hub, or remove it',
      "19:7  networks.home.clients: a mesh can't have clients: there is no hub for them to connect to; set networks.home.shape: hub and name the hub, or remove it",
    ],
  ],
  [
    'a relay with a hub',
    hub('hub: vps', 'hub: vps\n    relay: vps'),
    ['12:12  networks.home.relay: shape hub has no relay: vps forwards packets; remove it'],
  ],
  [
    'a hub that a spoke cannot call',
    hub('vps: { public: 198.51.100.8 }', 'vps: { site: cabin, lan: 192.168.2.2 }').replace(
      'nodes:',
      '  cabin: { subnet: 192.168.2.0/24, public: 203.0.113.9 }\nnodes:',
    ),
    [
      "16:11  networks.home.addresses.gw: gw and vps can't connect: neither can reach the other; site home must forward a UDP port of its public address to gw:51820, or site cabin must forward a UDP port of its public address to vps:51820",
      "20:14  networks.home.clients.phone: phone can't connect to its hub vps from the internet; site cabin must forward a UDP port of its public address to vps:51820",
    ],
  ],
  [
    'a hub that a client cannot call, and another that it can',
    hub('hub: vps', 'hub: [gw, vps]'),
    [
      "19:14  networks.home.clients.phone: phone can't connect to its hub gw from the internet; site home must forward a UDP port of its public address to gw:51820, or set networks.home.hubOf.phone: vps",
    ],
  ],
  [
    'hubs that cannot meet',
    hub('hub: vps', 'hub: [vps, gw, other]')
      .replace('gw: 10.8.0.3', 'gw: 10.8.0.3\n      other: 10.8.0.4')
      .replace(
        'nodes:',
        '  cabin: { subnet: 192.168.2.0/24, public: 203.0.113.9 }\nnodes:\n  other: { site: cabin, lan: 192.168.2.2 }',
      )
      .replace('hub: [', 'hubOf: { phone: vps }\n    hub: ['),
    [
      "19:14  networks.home.addresses.other: other and gw can't connect: neither can reach the other; site cabin must forward a UDP port of its public address to other:51820, or site home must forward a UDP port of its public address to gw:51820",
    ],
  ],
  [
    'an MTU too small for IPv6',
    hub('    range', '    mtu: 1279\n    range', DUAL),
    [
      '12:10  networks.home.mtu: 1279 is too small: IPv6 needs at least 1280; set it to 1280 or more, or remove the IPv6 range',
    ],
  ],
  [
    'a hub without IPv6',
    hub('[10.8.0.1, "fd42:8::1"]', '10.8.0.1', DUAL),
    [
      '14:12  networks.home.addresses.vps: gw has an IPv6 address, and the hub vps has none; give vps an IPv6 address in the network',
    ],
  ],
  [
    'members without a family in common',
    hub('[10.8.0.3, "fd42:8::3"]', '"fd42:8::3"', hub('[10.8.0.1, "fd42:8::1"]', '10.8.0.1', DUAL)),
    [
      '14:12  networks.home.addresses.vps: gw has an IPv6 address, and the hub vps has none; give vps an IPv6 address in the network',
      '15:11  networks.home.addresses.gw: gw has no IPv4 address, and vps has only IPv4; give gw an IPv4 address in the network',
      '17:22  networks.home.advertise.gw.subnets: 192.168.1.0/24 is IPv4, and gw has no IPv4 address in the network; give it one in networks.home.addresses.gw, or remove the subnet',
      '19:25  networks.home.clients.phone.address: phone has no IPv6 address, and gw has only IPv6; give phone an IPv6 address in the network',
    ],
  ],
];

const RELAYED = `name: relayed
sites:
  home: { subnet: 192.168.1.0/24, public: 203.0.113.8 }
  cabin: { subnet: 192.168.2.0/24, public: 203.0.113.9 }
nodes:
  edge: { public: 198.51.100.8 }
  h: { site: home, lan: 192.168.1.10 }
  c: { site: cabin, lan: 192.168.2.10 }
networks:
  mesh:
    relay: edge
    range: [10.8.0.0/24, "fd42:8::/64"]
    addresses:
      edge: [10.8.0.1, "fd42:8::1"]
      h: [10.8.0.2, "fd42:8::2"]
      c: [10.8.0.3, "fd42:8::3"]
`;

describe('a relay', () => {
  it('passes on each family of those who need it', () => {
    expect(problemsOf(RELAYED)).toEqual([]);
    const lacking = problemsOf(hub('[10.8.0.1, "fd42:8::1"]', '10.8.0.1', RELAYED));
    const fix = 'give edge an IPv6 address in the network';
    expect(lacking).toEqual(
      ['c', 'h'].map(
        (node) =>
          `i.yaml:14:13  networks.mesh.addresses.edge: ${node} has an IPv6 address, and the relay edge has none; ${fix}`,
      ),
    );
  });
});

describe('a hub network beside one whose name begins with its own', () => {
  it('is judged whatever is wrong with that', () => {
    const lacking = hub('[10.8.0.1, "fd42:8::1"]', '10.8.0.1', DUAL);
    const other =
      '  home-2: { interface: wg1, port: 51821, range: 10.7.0.0, addresses: { vps: 10.7.0.1 } }\n';
    const own = problemsOf(lacking);
    expect(own).toHaveLength(1);
    expect(problemsOf(`${lacking}${other}`)).toEqual([
      ...own,
      expect.stringContaining('networks.home-2.range: "10.7.0.0" is an address, not a range'),
    ]);
  });
});

describe('a hub network with a slip', () => {
  it.each(CASES)('%s', (_what, text, problems) => {
    const found = problemsOf(text).map((line) => line.replace(/^i\.yaml:/, ''));
    expect(problems.length).toBeGreaterThan(0);
    expect(found).toEqual(problems);
  });

  it.each([
    ['IPv4', HUB],
    ['both families', DUAL],
    ['an MTU of 1280', hub('    range', '    mtu: 1280\n    range', DUAL)],
    [
      'a second LAN behind the gateway, in which a node without WireGuard is managed',
      hub('lan: 192.168.1.100 }', 'lan: 192.168.1.100, ssh: { host: 10.20.0.5 } }').replace(
        'subnets: 192.168.1.0/24',
        'subnets: 10.20.0.0/16',
      ),
    ],
    ['a small MTU without IPv6', hub('    range', '    mtu: 1200\n    range')],
  ])('is sound without it: %s', (_what, text) => {
    expect(problemsOf(text)).toEqual([]);
  });
});
