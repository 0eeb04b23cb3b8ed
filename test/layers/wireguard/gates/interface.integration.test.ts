import { keys } from '../../../../src/layers/wireguard/gates/keys.js';
import { listener } from '../../../../src/layers/wireguard/gates/listener.js';
import { peers } from '../../../../src/layers/wireguard/gates/peers.js';
import { routes } from '../../../../src/layers/wireguard/gates/routes.js';
import { describeShells } from '../../../support/shells.js';
import { fakes } from './fakes.js';
import { askGate, gateContext, KEYS, nodeOf, stops, verdictOf } from './fixture.js';

const one = { measured: ['ms-1'] };
const key = (node: string): string => KEYS[node] ?? '';

describe('keys', () => {
  const said = (node: string, mode = '600 root'): string => `wg0 ${mode} ${key(node)}`;
  const all = Object.fromEntries(Object.keys(KEYS).map((node) => [node, said(node)]));

  it('are sound and different', () => {
    const verdict = verdictOf(keys, {}, all);
    expect(verdict.summary).toBe('4 of 4 keys valid, a different one on each node');
    expect(stops(verdict)).toEqual([]);
  });

  it.each([
    ['absent', { 'ms-1': 'wg0 absent' }, ['ms-1: no such file']],
    ['open to others', { 'ms-1': said('ms-1', '644 root') }, ['ms-1: its mode and owner are 644 root']],
    ["somebody else's", { 'ms-1': said('ms-1', '600 ops') }, ['ms-1: its mode and owner are 600 ops']],
    [
      'damaged',
      { 'ms-1': 'wg0 600 root none' },
      ['ms-1: the file contains no private key, or wg is missing'],
    ],
    [
      'copied',
      { 'ms-1': said('wk-1') },
      ['ms-1 -> wk-1: the same key as wk-1', 'wk-1 -> ms-1: the same key as ms-1'],
    ],
  ])('that are %s are reported', (_what, changes, expected) => {
    expect(stops(verdictOf(keys, {}, { ...all, ...changes }))).toEqual(expected);
  });
});

describe('listener', () => {
  const good = [
    'interface 0 1 1420',
    'address 0 172.27.15.12/32',
    'address 0 fe80::1/64',
    'port 0 51820',
    'sockets 0 /proc/net/udp',
    'unit 0 ActiveState=active UnitFileState=enabled',
  ];
  const change = (from: string, to: string): string => good.join('\n').replace(from, to);

  it.each([
    ['as wanted', good.join('\n'), []],
    ['absent', 'absent 0\nunit 0 ActiveState=inactive UnitFileState=disabled', ['ms-1: no such interface']],
    ['down', change('0 1 1420', '0 0 1420'), ['ms-1: down']],
    ['of another MTU', change('1420', '1500'), ['ms-1: MTU 1500']],
    ['without address', change('address 0 172.27.15.12/32\n', ''), ['ms-1: none']],
    [
      'with two addresses',
      change('15.12/32', '15.12/32\naddress 0 10.0.0.1/24'),
      ['ms-1: 10.0.0.1/24, 172.27.15.12/32'],
    ],
    [
      'deaf',
      change('sockets 0 /proc/net/udp\n', ''),
      ['ms-1: wg0 says port 51820, nothing uses UDP port 51820'],
    ],
    [
      'on another port',
      change('port 0 51820', 'port 0 4711'),
      ['ms-1: wg0 says port 4711, something else uses UDP port 51820'],
    ],
    ['not there after a reboot', change('=enabled', '=disabled'), ['ms-1: not enabled']],
    [
      'that somebody else brought up',
      change('=active', '=inactive'),
      ['ms-1: the unit is not active: something else brought the interface up'],
    ],
  ])('an interface %s', (_what, said, expected) => {
    expect(stops(verdictOf(listener, {}, { 'ms-1': said }, one))).toEqual(expected);
  });

  it('without IPv6 says so', () => {
    const verdict = verdictOf(listener, {}, { 'ms-1': `ipv6-off\n${change('15.12/32', '15.99/32')}` }, one);
    expect(stops(verdict)).toEqual(['ms-1: 172.27.15.99/32; IPv6 is off on ms-1']);
  });

  it('counts the nodes', () => {
    expect(verdictOf(listener, {}, { 'ms-1': good.join('\n') }, one).summary).toBe('1 of 1 node listens');
  });
});

describe('routes', () => {
  const good = ['11', '13', '14'].map((last) => `on 0 172.27.15.${last} scope link`);
  const natural = [
    'on 0 local 172.27.15.12 table local proto kernel scope host src 172.27.15.12',
    'on 0 fe80::/64 proto kernel metric 256 pref medium',
    'on 0 multicast ff00::/8 table local proto kernel metric 256 pref medium',
    'in 0 172.27.15.11 dev wg0 scope link',
    'in 0 local 172.27.15.12 dev wg0 table local proto kernel scope host src 172.27.15.12',
  ];

  it.each([
    ['exactly those wanted', [...good, ...natural], []],
    ['one too few', [...good.slice(1), ...natural], ['ms-1: no such route']],
    [
      'a broad one',
      [...good, 'on 0 172.27.15.0/24 proto kernel scope link'],
      ['ms-1: a route to 172.27.15.0/24 in table main'],
    ],
    [
      'all addresses',
      [...good, 'on 0 default table 51820 scope link'],
      ['ms-1: a route to default in table 51820'],
    ],
    [
      'one of IPv6',
      [...good, 'on 0 fd00::/64 metric 1024 pref medium'],
      ['ms-1: a route to fd00::/64 in table main'],
    ],
    [
      'another way into the overlay',
      [...good, 'in 0 172.27.15.128/25 via 192.168.15.1 dev eth0'],
      ['ms-1: a route to 172.27.15.128/25 through eth0 in table main'],
    ],
    [
      'a hole in the overlay',
      [...good, 'in 0 blackhole 172.27.15.0/24'],
      ['ms-1: a route to 172.27.15.0/24 through blackhole in table main'],
    ],
    [
      'too many to read',
      [...good, 'more 0'],
      [
        'ms-1: more than 4096 routes: on 0 172.27.15.11 scope link on 0 172.27.15.13 scope link on 0 172.27.15.14 scope link more 0 end',
      ],
    ],
  ])('%s', (_what, said, expected) => {
    expect(stops(verdictOf(routes, {}, { 'ms-1': said.join('\n') }, one))).toEqual(expected);
  });

  describeShells('are read', (shell) => {
    it('no further than the limit', () => {
      const path = fakes({
        ip: 'i=0; while [ $i -lt 9000 ]; do echo "10.0.0.1 scope link"; i=$((i + 1)); done',
      });
      const { stdout } = askGate(shell, routes, gateContext({}), nodeOf('ms-1'), { path: [path] });
      expect(stdout.split('\n').filter((line) => line === 'more 0')).toHaveLength(2);
      expect(stdout.split('\n').length).toBeLessThan(2 * 4096 + 10);
    });
  });
});

describe('peers', () => {
  const live = (own: string): string => `live 0 @interface ${own} 51820\nfile 0 ${key('ms-1')}`;
  const PLACES = new Map([
    [key('ctb-edge-1'), '198.51.100.25:51820'],
    [key('wk-1'), '192.168.15.3:51820'],
    [key('wk-2'), '192.168.15.4:51820'],
  ]);
  const holds = (publicKey: string, allowedIps: string, at = PLACES.get(publicKey)): string =>
    `live 0 @peer ${publicKey} ${at ?? '(none)'} 0 0 ${allowedIps}`;
  const peer = (node: string, last: string, at?: string): string =>
    holds(key(node), `172.27.15.${last}/32`, at);
  const good = [live(key('ms-1')), peer('ctb-edge-1', '11'), peer('wk-1', '13'), peer('wk-2', '14')];
  const stranger = 'c3RyYW5nZXItc3RyYW5nZXItc3RyYW5nZXItc3RyYW4=';
  /** The edge's endpoint at second 2000, and the second of its last handshake. */
  const shaken = (endpoint: string, second: number): readonly string[] => [
    'live 0 @now 2000',
    peer('ctb-edge-1', '11', endpoint).replace(`${endpoint} 0`, `${endpoint} ${second}`),
  ];

  it.each([
    ['just those wanted', good, []],
    [
      'swapped keys',
      [live(key('ms-1')), peer('ctb-edge-1', '11'), peer('wk-2', '13'), peer('wk-1', '14')],
      [
        "ms-1 -> wk-1: has wk-2's public key (swapped with wk-2)",
        "ms-1 -> wk-2: has wk-1's public key (swapped with wk-1)",
      ],
    ],
    [
      "another member's key, the own one nowhere",
      [live(key('ms-1')), peer('ctb-edge-1', '11'), peer('wk-2', '13')],
      ["ms-1 -> wk-1: has wk-2's public key for wk-1", 'ms-1 -> wk-2: AllowedIPs 172.27.15.13/32'],
    ],
    ['a peer missing', good.slice(0, 3), ['ms-1 -> wk-2: no such peer']],
    [
      "nobody's key",
      [...good.slice(0, 3), holds(stranger, '172.27.15.14/32')],
      [
        `ms-1 -> wk-2: has a public key that no node has: ${stranger}`,
        `ms-1: an unknown peer ${stranger} with AllowedIPs 172.27.15.14/32`,
      ],
    ],
    [
      'AllowedIPs that are too wide',
      [...good.slice(0, 3), holds(key('wk-2'), '172.27.15.14/32 0.0.0.0/0')],
      ['ms-1 -> wk-2: AllowedIPs 0.0.0.0/0, 172.27.15.14/32'],
    ],
    [
      'a foreign peer',
      [...good, holds(stranger, '(none)')],
      [`ms-1: an unknown peer ${stranger} with AllowedIPs none`],
    ],
    [
      'an endpoint at which a public peer has gone silent',
      [good[0] ?? '', ...shaken('198.51.100.25:51999', 1800), ...good.slice(2)],
      ['ms-1 -> ctb-edge-1: it sends to 198.51.100.25:51999'],
    ],
    [
      'a public peer at another of its addresses',
      [good[0] ?? '', peer('ctb-edge-1', '11', '198.51.100.26:51820'), ...good.slice(2)],
      [],
    ],
    [
      'a neighbour at its old port',
      [...good.slice(0, 2), peer('wk-1', '13', '192.168.15.3:51999'), ...good.slice(3)],
      ['ms-1 -> wk-1: it sends to 192.168.15.3:51999'],
    ],
    [
      'a neighbour that is nowhere',
      [...good.slice(0, 2), peer('wk-1', '13', '(none)'), ...good.slice(3)],
      ['ms-1 -> wk-1: it has no endpoint'],
    ],
    [
      'a neighbour at another of its addresses',
      [...good.slice(0, 2), peer('wk-1', '13', '192.168.15.99:51820'), ...good.slice(3)],
      [],
    ],
    ['no interface', [`file 0 ${key('ms-1')}`, ...good.slice(1)], ['ms-1: no interface wg0']],
    ['an interface without key', [live('(none)'), ...good.slice(1)], ['ms-1: wg0 has no key']],
    [
      "another key than the file's",
      [live(stranger), ...good.slice(1)],
      [`ms-1: it uses ${stranger}, the file has ${key('ms-1')}`],
    ],
  ])('%s', (_what, said, expected) => {
    expect(stops(verdictOf(peers, {}, { 'ms-1': said.join('\n') }, one))).toEqual(expected);
  });

  it.each([
    ['while it answers', shaken('198.51.100.25:61997', 1900)],
    ['before it has answered at all', shaken('198.51.100.25:61997', 0)],
  ])('outside may be at another port %s, by the node’s own router', (_what, live) => {
    const said = [good[0] ?? '', ...live, ...good.slice(2)];
    expect(stops(verdictOf(peers, {}, { 'ms-1': said.join('\n') }, one))).toEqual([]);
  });

  it('behind NAT may be wherever its router lets it call from', () => {
    const edge = [
      `live 0 @interface ${key('ctb-edge-1')} 51820\nfile 0 ${key('ctb-edge-1')}`,
      peer('ms-1', '12', '203.0.113.10:32308'),
      peer('wk-1', '13', '198.18.0.77:51820'),
      peer('wk-2', '14', '203.0.113.10:51822'),
    ];
    const measured = { measured: ['ctb-edge-1'] };
    expect(stops(verdictOf(peers, {}, { 'ctb-edge-1': edge.join('\n') }, measured))).toEqual([]);
  });

  it('may have any number of ranges', () => {
    const many = Array.from({ length: 300 }, (_, number) => `10.77.${number >> 8}.${number & 255}/32`);
    const phones = holds(stranger, many.join(' '));
    expect(stops(verdictOf(peers, {}, { 'ms-1': [...good, phones].join('\n') }, one))).toEqual([
      `ms-1: an unknown peer ${stranger} with AllowedIPs ${many.sort().join(', ')}`,
    ]);
  });

  it('cannot be judged without the public keys', () => {
    const verdict = verdictOf(
      peers,
      {},
      { 'ms-1': good.join('\n') },
      { ...one, facts: { get: () => undefined } },
    );
    expect(stops(verdict)).toContain('ms-1 -> wk-1: the public key of wk-1 is unknown');
  });

  describeShells('are read', (shell) => {
    it('without printing a secret', () => {
      const path = fakes({
        wg: `case "$*" in 'show wg0 dump')
printf 'SECRET\\town\\t51820\\toff\\n'
printf 'one\\tSECRET\\t(none)\\t10.0.0.1/32,10.0.0.2/32\\t0\\t0\\t0\\toff\\n'
printf 'two\\t(none)\\t[2001:db8::1]:51820\\t(none)\\t5\\t0\\t0\\t25\\n' ;; esac`,
      });
      const { stdout } = askGate(shell, peers, gateContext({}), nodeOf('ms-1'), { path: [path] });
      expect(stdout.split('\n')).toEqual([
        'file 0 ',
        'live 0 @interface own 51820',
        'live 0 @peer one (none) 0 off 10.0.0.1/32 10.0.0.2/32',
        expect.stringMatching(/^live 0 @shared one [0-9a-f]{64}$/),
        'live 0 @peer two [2001:db8::1]:51820 5 25 (none)',
        expect.stringMatching(/^live 0 @now \d+$/),
        'end',
        '',
      ]);
    });
  });
});
