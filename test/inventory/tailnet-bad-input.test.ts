import { broken, problemsOf, resolve } from './support.js';

const TAIL = `name: home
sites:
  home: { subnet: 192.168.15.0/24, router: 192.168.15.1 }
nodes:
  edge: { public: 198.51.100.25 }
  wk-1: { site: home, lan: 192.168.15.3 }
  wk-2: { site: home, lan: 192.168.15.4 }
networks:
  tail:
    kind: tailscale
    loginServer: https://hs.example.com/
    authKey: { env: TS_AUTHKEY }
    members: [edge, wk-1, wk-2]
    advertise: { wk-1: 192.168.15.0/24 }
    accept: edge
    exitNodes: [edge]
    exitNode: { wk-2: edge }
    tags: tag:server
`;

const tail = (piece: string, by: string): string => broken(piece, by, TAIL);

it('resolves a tailnet beside the networks that WireGuard makes', () => {
  const { inventory } = resolve(TAIL);
  expect(inventory.networks).toEqual([]);
  expect(inventory.tailnets).toEqual([
    {
      name: 'tail',
      loginServer: 'https://hs.example.com',
      authKey: { what: 'networks.tail.authKey', env: 'TS_AUTHKEY' },
      members: [
        { node: 'edge', advertises: [], accepts: true, offersExit: true },
        { node: 'wk-1', advertises: ['192.168.15.0/24'], accepts: false, offersExit: false },
        { node: 'wk-2', advertises: [], accepts: false, offersExit: false, exitNode: 'edge' },
      ],
      tags: ['tag:server'],
      acceptDns: false,
      netfilter: 'on',
      port: 41641,
    },
  ]);
});

it('takes all nodes for members, and none of the options, unless it is said', () => {
  const { inventory } = resolve(`name: home
nodes:
  a: { public: 198.51.100.25 }
  b: { public: 198.51.100.26 }
networks:
  tail: { kind: tailscale, authKey: { file: key } }
`);
  const [tailnet] = inventory.tailnets ?? [];
  expect(tailnet?.loginServer).toBe('https://controlplane.tailscale.com');
  expect(tailnet?.members).toEqual([
    { node: 'a', advertises: [], accepts: false, offersExit: false },
    { node: 'b', advertises: [], accepts: false, offersExit: false },
  ]);
});

const CASES: readonly (readonly [what: string, text: string, problems: readonly string[]])[] = [
  [
    'a kind that there is not, and nothing else of that network',
    tail('kind: tailscale', 'kind: tailscal'),
    [
      '10:11  networks.tail.kind: must be one of wireguard, tailscale; got "tailscal"; did you mean "tailscale"?',
    ],
  ],
  [
    'a key of WireGuard in a tailnet',
    tail('    accept: edge', '    accept: edge\n    range: 10.8.0.0/24'),
    [
      expect.stringMatching(
        /^16:5 {2}networks\.tail\.range: unknown key; (did you mean .*)?allowed: kind, loginServer, /,
      ),
    ],
  ],
  [
    'a key of a tailnet in a network of WireGuard',
    `${TAIL}  mesh: { range: 10.9.0.0/24, port: 51820, addresses: { edge: 10.9.0.1 }, loginServer: x }\n`,
    [
      expect.stringMatching(
        /^19:\d+ {2}networks\.mesh\.loginServer: unknown key; .*allowed: kind, interface, range, /,
      ),
    ],
  ],
  [
    'no key',
    tail('    authKey: { env: TS_AUTHKEY }\n', ''),
    ['9:3  networks.tail.authKey: is missing; add it, such as "authKey: { env: TS_AUTHKEY }"'],
  ],
  [
    'a key in the clear',
    tail('{ env: TS_AUTHKEY }', 'tskey-auth-123'),
    [
      expect.stringMatching(
        /^12:14 {2}networks\.tail\.authKey: must say where the secret is kept.*\{ env: NAME \}/,
      ),
    ],
  ],
  [
    'a member that is no node',
    tail('members: [edge, wk-1, wk-2]', 'members: [edge, wk-1, wk-2, wk-3]'),
    [
      expect.stringMatching(
        /^13:\d+ {2}networks\.tail\.members\[3\]: must name a node; got "wk-3"; did you mean/,
      ),
    ],
  ],
  [
    'a stranger that accepts',
    tail('members: [edge, wk-1, wk-2]', 'members: [wk-1, wk-2]'),
    [
      expect.stringMatching(
        /^15:13 {2}networks\.tail\.accept: must name a member of the network; got "edge"/,
      ),
      expect.stringMatching(
        /^16:17 {2}networks\.tail\.exitNodes\[0\]: must name a member of the network; got "edge"/,
      ),
    ],
  ],
  [
    'an exit node that is none',
    tail('exitNode: { wk-2: edge }', 'exitNode: { wk-2: wk-1 }'),
    [
      expect.stringMatching(
        /^17:23 {2}networks\.tail\.exitNode\.wk-2: must name one of the exitNodes; got "wk-1"/,
      ),
    ],
  ],
  [
    'a node as its own exit node',
    tail('exitNode: { wk-2: edge }', 'exitNode: { edge: edge }'),
    [
      "17:23  networks.tail.exitNode.edge: edge can't be its own exit node; name another member, or remove the entry",
    ],
  ],
  [
    'the internet as an advertised range',
    tail('advertise: { wk-1: 192.168.15.0/24 }', 'advertise: { wk-1: 0.0.0.0/0 }'),
    ['14:24  networks.tail.advertise.wk-1: 0.0.0.0/0 is the internet; write "exitNodes: wk-1" instead'],
  ],
  [
    'the own range as an advertised one',
    tail('advertise: { wk-1: 192.168.15.0/24 }', 'advertise: { wk-1: 100.100.0.0/16 }'),
    [
      "14:24  networks.tail.advertise.wk-1: 100.100.0.0/16 overlaps 100.64.0.0/10, the range of the tailnet's own addresses; advertise only what is behind the member",
    ],
  ],
  [
    'a member that would lose its own LAN',
    tail('accept: edge', 'accept: [edge, wk-2]'),
    [
      '15:20  networks.tail.accept[1]: wk-2 is in 192.168.15.0/24 itself, and would send its packets for 192.168.15.0/24 to wk-1: it would lose its own LAN; remove wk-2 from accept',
    ],
  ],
  [
    "a LAN in the tailnet's range",
    TAIL.replaceAll('192.168.15.', '100.72.15.').replace('    advertise: { wk-1: 100.72.15.0/24 }\n', ''),
    [
      '3:19  sites.home.subnet: 100.72.15.0/24 overlaps 100.64.0.0/10, the range of network tail: its members drop packets from there; renumber it, or write "netfilter: nodivert" in network tail',
    ],
  ],
  [
    'a machine in two tailnets',
    `${TAIL}  other: { kind: tailscale, authKey: { env: OTHER }, members: edge }\n`,
    [
      "19:63  networks.other.members: edge can't be in other and tail: a machine is in one tailnet; list the members of each",
    ],
  ],
  [
    'a login server without a scheme',
    tail('https://hs.example.com/', 'hs.example.com'),
    ['11:18  networks.tail.loginServer: "hs.example.com" is invalid; write a URL that begins with https://'],
  ],
  [
    'a login server at a port that does not exist',
    tail('https://hs.example.com/', 'https://hs.example.com:99999'),
    [
      '11:18  networks.tail.loginServer: "https://hs.example.com:99999" is not a URL; write scheme, name, port if it has one, and path, such as https://host.example.com:8443/path',
    ],
  ],
  [
    'a tag without its prefix',
    tail('tag:server', 'server'),
    [
      '18:11  networks.tail.tags: "server" is invalid; write tag: and a name of letters, digits and hyphens, such as tag:server',
    ],
  ],
];

it.each(CASES)('refuses %s', (_what, text, problems) => {
  expect(problemsOf(text).map((problem) => problem.replace('i.yaml:', ''))).toEqual(problems);
});

it("leaves a LAN in the tailnet's range to those who keep Tailscale's rules out of their firewall", () => {
  const text = TAIL.replaceAll('192.168.15.', '100.72.15.')
    .replace('    advertise: { wk-1: 100.72.15.0/24 }\n', '')
    .concat('    netfilter: nodivert\n');
  expect(problemsOf(text)).toEqual([]);
});

it.each([
  ['over the internet', 'edge: { public: 198.51.100.25 }', 'edge: { public: 198.51.100.25 }', 1],
  [
    'through another node',
    'edge: { public: 198.51.100.25 }',
    'edge: { public: 198.51.100.25, ssh: { jump: wk-1 } }',
    0,
  ],
  [
    'in the tailnet',
    'edge: { public: 198.51.100.25 }',
    'edge: { public: 198.51.100.25, ssh: { host: 100.64.0.1 } }',
    0,
  ],
])('doubts an exit node for a machine that is logged into %s', (_how, piece, by, doubts) => {
  const text = tail(
    'exitNodes: [edge]\n    exitNode: { wk-2: edge }',
    'exitNodes: wk-1\n    exitNode: { edge: wk-1 }',
  );
  const { warnings } = resolve(broken(piece, by, text));
  expect(warnings.map(({ message, fix }) => `${message}; ${fix}`)).toEqual(
    doubts === 0
      ? []
      : [
          'edge is logged into at 198.51.100.25, and its answers would go out through wk-1: the login would be cut; set nodes.edge.ssh.host to its address in the LAN or the tailnet, or nodes.edge.ssh.jump',
        ],
  );
});
