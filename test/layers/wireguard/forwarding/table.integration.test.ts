import { spawnSync } from 'node:child_process';
import { forwardingTable } from '../../../../src/layers/host/forwarding/table-name.js';
import { forwardingRuleset } from '../../../../src/layers/wireguard/forwarding/table.js';
import type { Client, Network, Unmanaged } from '../../../../src/model/inventory.js';
import { phoneHome } from '../../../fixtures/phone-home-inventory.js';
import { canMount } from '../../../support/can-mount.js';

/** The rules of one chain; undefined if the table has no such chain. */
function chain(ruleset: string, name: string): string[] | undefined {
  const [, body] =
    new RegExp(`\\tchain ${name} \\{\\n([^}]*(?:\\{[^}]*\\}[^}]*)*?)\\n\\t\\}\\n`).exec(ruleset) ?? [];
  return body
    ?.split('\n')
    .slice(1)
    .map((line) => line.trim());
}

async function rulesets(changes: Partial<Network> = {}, phone: Partial<Client> = {}) {
  const { inventory, network } = await phoneHome(changes, phone);
  return (node: string): string => forwardingRuleset(inventory, network, node);
}

const CLAMP = 'oifname "wg0" tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu';
const ANSWERS = 'ct state established,related accept';
const KNOWN = [
  'iifname "wg0" ip saddr != { 10.8.0.0/24, 192.168.1.0/24 } drop',
  'iifname "wg0" meta nfproto ipv6 drop',
];
const LAST = ['iifname "wg0" ct status dnat accept', 'iifname "wg0" drop'];
const PRIVATE =
  '{ 0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16, 224.0.0.0/3 }';

describe('the table of a gateway', () => {
  it('lets the tunnel onto its LAN, and puts its own address in front', async () => {
    const ruleset = (await rulesets())('node-a');
    expect(chain(ruleset, 'input')).toBeUndefined();
    expect(chain(ruleset, 'forward')).toEqual([
      CLAMP,
      ANSWERS,
      'iifname != "wg0" oifname "wg0" ip saddr 10.8.0.0/24 drop',
      'iifname != "wg0" oifname "wg0" ip saddr 192.168.1.0/24 drop',
      'iifname "wg0" oifname != "wg0" ip daddr 192.168.1.0/24 accept',
      ...LAST,
    ]);
    expect(chain(ruleset, 'postrouting')).toEqual([
      'oifname != "wg0" ip saddr 10.8.0.0/24 ip daddr 192.168.1.0/24 masquerade',
    ]);
  });

  it('masquerades nothing if the LAN’s router has a route back, and lets the LAN connect', async () => {
    const advertises = [{ node: 'node-a', subnets: ['192.168.1.0/24'], nat: 'none' }] as const;
    const ruleset = (await rulesets({ advertises }))('node-a');
    expect(chain(ruleset, 'postrouting')).toBeUndefined();
    expect(chain(ruleset, 'forward')?.slice(2, 4)).toEqual([
      'iifname != "wg0" oifname "wg0" ip saddr 10.8.0.0/24 drop',
      'iifname "wg0" oifname != "wg0" ip daddr 192.168.1.0/24 accept',
    ]);
  });

  it('masquerades another gateway’s LAN too', async () => {
    const advertises = [
      { node: 'node-a', subnets: ['192.168.1.0/24'], nat: 'masquerade' },
      { node: 'vps', subnets: ['10.20.0.0/16'], nat: 'masquerade' },
    ] as const;
    expect(chain((await rulesets({ advertises }))('node-a'), 'postrouting')).toEqual([
      'oifname != "wg0" ip saddr 10.8.0.0/24 ip daddr 192.168.1.0/24 masquerade',
      'oifname != "wg0" ip saddr 10.20.0.0/16 ip daddr 192.168.1.0/24 masquerade',
    ]);
  });
});

describe('the table of a hub', () => {
  const limited = (rest: string): string =>
    `iifname "wg0" ip saddr 10.8.0.2/32 ct direction original${rest} drop comment "phone"`;

  it('keeps a client to overlay and LANs, at the hub itself as well, and masquerades nothing', async () => {
    const ruleset = (await rulesets())('vps');
    const limit = limited(' ct original ip daddr != { 10.8.0.0/24, 192.168.1.0/24 }');
    expect(chain(ruleset, 'input')).toEqual([limit, ...KNOWN]);
    expect(chain(ruleset, 'forward')).toEqual([
      CLAMP,
      limit,
      ...KNOWN,
      ANSWERS,
      'iifname != "wg0" oifname "wg0" ip saddr 10.8.0.0/24 drop',
      'iifname "wg0" oifname "wg0" accept',
      ...LAST,
    ]);
    expect(chain(ruleset, 'postrouting')).toBeUndefined();
  });

  it('lets a full tunnel out to the internet, and not to private ranges next to the hub', async () => {
    const ruleset = (await rulesets({}, { tunnel: 'full' }))('vps');
    const limit = limited(
      ` ct original ip daddr ${PRIVATE} ct original ip daddr != { 10.8.0.0/24, 192.168.1.0/24 }`,
    );
    expect(chain(ruleset, 'input')).toEqual([limit, ...KNOWN]);
    expect(chain(ruleset, 'forward')).toContain(
      `iifname "wg0" oifname != "wg0" ip saddr 10.8.0.2/32 ip daddr != ${PRIVATE} accept`,
    );
    expect(chain(ruleset, 'postrouting')).toEqual([
      `oifname != "wg0" ip saddr 10.8.0.2/32 ip daddr != ${PRIVATE} masquerade`,
    ]);
  });

  it('lets a client reach only one machine', async () => {
    const reach = [{ kind: 'node', node: 'lan-1' }] as const;
    expect(chain((await rulesets({}, { reach }))('vps'), 'input')).toEqual([
      limited(' ct original ip daddr != { 192.168.1.100/32 }'),
      ...KNOWN,
    ]);
  });

  it('lets a client reach single ports, asked for by the address and port that it knows', async () => {
    const reach: Client['reach'] = [
      { kind: 'node', node: 'node-a' },
      { kind: 'node', node: 'lan-1', service: { protocol: 'tcp', port: 3000 } },
      { kind: 'range', range: '10.8.0.0/24', service: { protocol: 'udp', port: 53 } },
    ];
    const ruleset = (await rulesets({}, { reach, tunnel: 'full' }))('vps');
    const limit =
      'iifname "wg0" ip saddr 10.8.0.2/32 ct direction original ct original ip daddr != { 10.8.0.3/32, 192.168.1.10/32 } jump ports_ip_phone';
    expect(chain(ruleset, 'input')).toEqual([limit, ...KNOWN]);
    expect(chain(ruleset, 'forward')?.slice(0, 5)).toEqual([CLAMP, limit, ...KNOWN, ANSWERS]);
    expect(ruleset).toContain(`\tchain ports_ip_phone {
\t\tmeta nfproto ipv4 ct original ip daddr 192.168.1.100/32 meta l4proto tcp ct original proto-dst 3000 return
\t\tmeta nfproto ipv4 ct original ip daddr 10.8.0.0/24 meta l4proto udp ct original proto-dst 53 return
\t\tdrop comment "phone"
\t}
`);
  });

  it('drops everything of a client that may reach nothing', async () => {
    expect(
      chain((await rulesets({ internet: false }, { reach: [{ kind: 'internet' }] }))('vps'), 'input'),
    ).toEqual([limited(''), ...KNOWN]);
  });

  it('knows the addresses of unmanaged peers, and each of them once', async () => {
    const peer: Unmanaged = {
      name: 'office',
      publicKey: 'jUd41n3XYa3yXBzyBvWqlLhYgRef5RiBD7jwo70U+Rw=',
      on: ['vps'],
      allowedIps: ['10.8.0.9/32', 'fd00:9::/64', '192.168.9.0/24'],
      presharedKey: false,
    };
    expect(chain((await rulesets({ unmanaged: [peer] }))('vps'), 'input')?.slice(1)).toEqual([
      'iifname "wg0" ip saddr != { 10.8.0.0/24, 192.168.1.0/24, 192.168.9.0/24 } drop',
      'iifname "wg0" ip6 saddr != { fd00:9::/64 } drop',
    ]);
    const everything = [{ ...peer, allowedIps: ['0.0.0.0/0', '::/0'] }];
    expect(chain((await rulesets({ unmanaged: everything }))('vps'), 'input')).toHaveLength(1);
  });

  it('does without where no client is limited', async () => {
    expect((await rulesets({ clients: [], hubOf: { 'node-a': 'vps' } }))('vps')).not.toContain('saddr != {');
  });
});

describe('nft itself', () => {
  const inNamespace = canMount ? it : it.skip;
  const dual: Partial<Network> = {
    ranges: ['10.8.0.0/24', 'fd42:8::/64'],
    advertises: [{ node: 'node-a', subnets: ['192.168.1.0/24', 'fd00:1::/64'], nat: 'masquerade' }],
    interface: 'wg-home.1',
  };
  const ports: Partial<Client> = {
    addresses: ['10.8.0.2', 'fd42:8::2'],
    reach: [
      { kind: 'internet' },
      { kind: 'node', node: 'lan-1', service: { protocol: 'tcp', port: 3000 } },
      { kind: 'range', range: 'fd00:1::/64', service: { protocol: 'udp', port: 53 } },
    ],
  };
  const phone: Partial<Client> = { tunnel: 'full', addresses: ['10.8.0.2', 'fd42:8::2'] };

  inNamespace.each<[string, Partial<Network>, Partial<Client>]>([
    ['the phone’s network', {}, {}],
    ['a full tunnel', {}, { tunnel: 'full' }],
    ['both families, an odd interface', dual, phone],
    ['single ports in both families', dual, ports],
    ['a mesh with a relay', { shape: 'mesh', hubs: [], hubOf: {}, relay: 'vps', clients: [] }, {}],
  ])('takes every table of %s, twice over', async (_what, changes, client) => {
    const ruleset = await rulesets(changes, client);
    const table = forwardingTable(changes.interface ?? 'wg0');
    for (const node of ['vps', 'node-a']) {
      const { stdout, stderr, status } = spawnSync(
        'unshare',
        [
          '-n',
          'sh',
          '-c',
          `nft -f - <<'END' && nft list table inet ${table}\n${ruleset(node)}${ruleset(node)}END`,
        ],
        { encoding: 'utf8' },
      );
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      expect(stdout.match(/chain forward/g)).toHaveLength(1);
    }
  });
});
