import type { ConfiguredEndpoints } from '../../../../src/layers/wireguard/tunnel/endpoint-drift.js';
import type { LiveInterface, LivePeer } from '../../../../src/layers/wireguard/tunnel/live.js';
import {
  repairInterface,
  type WantedInterface,
  type WantedPeer,
} from '../../../../src/layers/wireguard/tunnel/repair.js';

const NOW = 1_700_000_000;

const wk1: WantedPeer = {
  node: 'wk-1',
  publicKey: 'A=',
  addresses: ['172.27.15.11'],
  allowedIps: ['172.27.15.11/32'],
  endpoint: { address: '203.0.113.10', port: 51820, via: 'forward' },
  roams: true,
  mayHaveLearned: () => true,
};
const edge: WantedPeer = {
  node: 'edge',
  publicKey: 'B=',
  addresses: ['172.27.15.31'],
  allowedIps: ['172.27.15.31/32'],
  endpoint: { address: '198.51.100.25', port: 51820, via: 'public' },
  keepalive: 25,
  roams: false,
  mayHaveLearned: (live) => live.endsWith(':51820'),
};

const wanted: WantedInterface = {
  interface: 'wg0',
  port: 51820,
  mtu: 1420,
  addresses: ['172.27.15.12/32'],
  routes: ['172.27.15.11/32', '172.27.15.31/32'],
  peers: [wk1, edge],
  sshOver: () => 'without touching SSH',
};

const livePeer = (over: Partial<LivePeer> & Pick<LivePeer, 'publicKey'>): LivePeer => ({
  allowedIps: [],
  latestHandshake: NOW - 20,
  keepalive: 0,
  ...over,
});
const liveWk1 = livePeer({
  publicKey: 'A=',
  allowedIps: ['172.27.15.11/32'],
  endpoint: '203.0.113.10:51820',
});
const liveEdge = livePeer({
  publicKey: 'B=',
  allowedIps: ['172.27.15.31/32'],
  endpoint: '198.51.100.25:51820',
  keepalive: 25,
});
const live: LiveInterface = {
  publicKey: 'OWN=',
  port: 51820,
  mtu: 1420,
  addresses: ['172.27.15.12/32'],
  routes: ['172.27.15.31/32', '172.27.15.11/32'],
  peers: [liveEdge, liveWk1],
  now: NOW,
};

/** As the config on the node has it: what is wanted now, unless a test says otherwise. */
const CONFIGURED: ConfiguredEndpoints = new Map([
  ['A=', '203.0.113.10:51820'],
  ['B=', '198.51.100.25:51820'],
]);

const plan = (
  over: Partial<LiveInterface>,
  ownKey = 'OWN=',
  configured: ConfiguredEndpoints | undefined = CONFIGURED,
): { summary: string; script: string; level: string }[] =>
  repairInterface({ wanted, live: { ...live, ...over }, ownKey, configured }).map(
    ({ summary, script, disruption }) => ({ summary, script, level: disruption.level }),
  );

describe('repairing a running interface', () => {
  it('changes nothing on one that is as wanted', () => {
    expect(plan({})).toEqual([]);
  });

  it('changes the prefix length of an address in place, of IPv6 without ever having both', () => {
    const dual = { ...wanted, addresses: ['172.27.15.12/32', 'fd00::1/128'] };
    const before = { ...live, addresses: ['172.27.15.12/24', 'fd00::1/64'], routes: live.routes.slice(1) };
    const changes = repairInterface({ wanted: dual, live: before, ownKey: 'OWN=', configured: CONFIGURED });
    expect(changes.map(({ summary, disruption }) => `${summary} ${disruption.level}`)).toEqual([
      'add route 172.27.15.31/32 to wg0 none',
      'change address 172.27.15.12/24 of wg0 to 172.27.15.12/32 none',
      'change address fd00::1/64 of wg0 to fd00::1/128 none',
    ]);
    expect(changes.slice(1).map(({ script }) => script.match(/'(add|del)'/g))).toEqual([
      ["'add'", "'del'"],
      ["'del'", "'add'"],
    ]);
  });

  it.each<[string, LivePeer]>([
    [
      'the router gave the peer behind NAT another source port',
      { ...liveWk1, endpoint: '203.0.113.10:32308' },
    ],
    [
      'that peer has been silent for long since',
      { ...liveWk1, endpoint: '203.0.113.10:32308', latestHandshake: 0 },
    ],
  ])('keeps a learned endpoint: %s', (_why, peer) => {
    expect(plan({ peers: [liveEdge, peer] })).toEqual([]);
  });

  it('keeps a public peer’s other endpoint while it works, and sets it when it doesn’t', () => {
    const moved = { ...liveEdge, endpoint: '198.51.100.99:51820' };
    expect(plan({ peers: [liveWk1, moved] })).toEqual([]);
    expect(plan({ peers: [liveWk1, { ...moved, latestHandshake: NOW - 500 }] })).toEqual([
      {
        summary: 'set peer edge: endpoint 198.51.100.99:51820 -> 198.51.100.25:51820',
        script: expect.stringMatching(
          /^'wg' 'set' 'wg0' 'peer' 'B=' 'allowed-ips' '172.27.15.31\/32' 'endpoint' '198.51.100.25:51820' 'persistent-keepalive' '25' \|\| exit\nnudge[\s\S]*'nudge' '172.27.15.31' \|\| :$/,
        ),
        level: 'none',
      },
    ]);
  });

  const was = (endpoint: string | undefined): ConfiguredEndpoints =>
    new Map([...CONFIGURED, ['A=', endpoint]]);
  const learned = { ...liveWk1, endpoint: '203.0.113.10:32308' };
  const summaries = (peer: LivePeer, configured?: ConfiguredEndpoints): string[] =>
    plan({ peers: [liveEdge, peer] }, 'OWN=', configured).map(({ summary }) => summary);

  it.each<[string, string | undefined]>([
    ['another port was forwarded', '203.0.113.10:51999'],
    ['the site had another address', '203.0.113.77:51820'],
    ['the pair met over IPv6', '[2001:db8::1]:51820'],
    ['nothing was forwarded', undefined],
  ])('sets the endpoint though the peer is heard, where %s when it was last set', (_why, before) => {
    expect(summaries(learned, was(before))).toEqual([
      'set peer wk-1: endpoint 203.0.113.10:32308 -> 203.0.113.10:51820',
    ]);
    expect(summaries(liveWk1, was(before))).toEqual([]);
  });

  it('keeps what was learned if no config says what was set before', () => {
    expect(summaries(learned, new Map())).toEqual([]);
  });

  it('sets an endpoint that the peer can’t call from, whatever the config says', () => {
    const stale = { ...liveEdge, endpoint: '198.51.100.25:51999' };
    expect(plan({ peers: [liveWk1, stale] }).map(({ summary }) => summary)).toEqual([
      'set peer edge: endpoint 198.51.100.25:51999 -> 198.51.100.25:51820',
    ]);
  });

  it('sets the endpoint of a peer behind NAT that has been silent for long at another address', () => {
    expect(summaries({ ...learned, endpoint: '203.0.113.77:32308' })).toEqual([]);
    expect(summaries({ ...learned, endpoint: '203.0.113.77:32308', latestHandshake: NOW - 500 })).toEqual([
      'set peer wk-1: endpoint 203.0.113.77:32308 -> 203.0.113.10:51820',
    ]);
  });

  it('marks what the peer may bring about again, and nothing else', () => {
    const changesOf = (peer: LivePeer) =>
      repairInterface({
        wanted,
        live: { ...live, peers: [liveEdge, peer] },
        ownKey: 'OWN=',
        configured: was('203.0.113.10:51999'),
      });
    expect(changesOf(learned).map(({ recurs }) => recurs)).toEqual([true]);
    expect(changesOf({ ...learned, keepalive: 9 }).map(({ recurs }) => recurs)).toEqual([undefined]);
  });

  it('sets swapped keys right in place, endpoints too', () => {
    const changes = plan({
      peers: [
        { ...liveEdge, publicKey: 'A=' },
        { ...liveWk1, publicKey: 'B=' },
      ],
    });
    expect(changes.map(({ script }) => script)).toEqual([
      "'wg' 'set' 'wg0' 'peer' 'A=' 'allowed-ips' '172.27.15.11/32' 'endpoint' '203.0.113.10:51820' 'persistent-keepalive' '0'",
      "'wg' 'set' 'wg0' 'peer' 'B=' 'allowed-ips' '172.27.15.31/32' 'endpoint' '198.51.100.25:51820' 'persistent-keepalive' '25'",
    ]);
    expect(changes.every(({ level }) => level === 'none')).toBe(true);
  });

  it.each([
    ['whose name is not known', undefined, 'STRANGER…', 'ends the tunnel with STRANGER…'],
    ['that left', { name: 'pc2', why: 'it left' }, 'pc2', 'ends the tunnel with pc2'],
    [
      'that has another key',
      { name: 'pc2', why: 'it has a new key', returns: true },
      'pc2',
      'interrupts the tunnel with pc2',
    ],
  ] as const)('says whose tunnel ends, and whether SSH does, of a peer %s', (_what, gone, name, felt) => {
    const asked: unknown[] = [];
    const stranger = livePeer({ publicKey: 'STRANGER00=', allowedIps: ['172.27.15.99/32'] });
    const [change] = repairInterface({
      wanted: {
        ...wanted,
        goneFrom: () => gone,
        sshOver: (...words) => {
          asked.push(words);
          return 'without touching SSH';
        },
      },
      live: { ...live, peers: [...live.peers, stranger] },
      ownKey: 'OWN=',
      configured: CONFIGURED,
    });
    expect(change?.summary).toMatch(`remove peer ${name} (172.27.15.99/32): `);
    expect(change?.disruption).toEqual({ level: 'brief', detail: `${felt} without touching SSH` });
    expect(asked).toEqual([[gone?.name, ['172.27.15.99/32']]]);
  });

  it('adds, removes and strips peers', () => {
    expect(
      plan({
        peers: [
          { ...liveWk1, presharedKey: 'ab12' },
          livePeer({ publicKey: 'STRANGER00=', allowedIps: ['10.0.0.0/8'] }),
        ],
      }),
    ).toEqual([
      {
        summary: 'remove peer STRANGER… (10.0.0.0/8): no node has this key',
        script: "'wg' 'set' 'wg0' 'peer' 'STRANGER00=' 'remove'",
        level: 'brief',
      },
      {
        summary: 'set peer wk-1: preshared key -> none',
        script:
          "'wg' 'set' 'wg0' 'peer' 'A=' 'allowed-ips' '172.27.15.11/32' 'persistent-keepalive' '0' 'preshared-key' '/dev/null'",
        level: 'none',
      },
      expect.objectContaining({ summary: 'add peer edge', level: 'none' }),
    ]);
  });

  it.each<[string, Partial<LiveInterface>, string, string[]]>([
    ['MTU', { mtu: 1280 }, 'OWN=', ["'ip' 'link' 'set' 'mtu' '1420' 'dev' 'wg0'"]],
    ['key', {}, 'NEW=', ["'wg' 'set' 'wg0' 'private-key' '/etc/wireguard/wg0.key'"]],
    [
      'address',
      { addresses: ['172.27.15.99/32'] },
      'OWN=',
      [
        "'ip' '-4' 'address' 'add' '172.27.15.12/32' 'dev' 'wg0'",
        "'ip' '-4' 'address' 'del' '172.27.15.99/32' 'dev' 'wg0'",
      ],
    ],
    [
      'routes',
      { routes: ['172.27.15.11/32', 'fd00::/64'] },
      'OWN=',
      [
        "'ip' '-4' 'route' 'replace' '172.27.15.31/32' 'dev' 'wg0'",
        "'ip' '-6' 'route' 'del' 'fd00::/64' 'dev' 'wg0'",
      ],
    ],
  ])('follows the %s without a restart', (_what, over, own, scripts) => {
    expect(plan(over, own).map(({ script }) => script)).toEqual(scripts);
  });

  it('sends to the peers from its own new port, if it can, since they send to the old one until then', () => {
    const [change] = plan({ port: 1 }, 'OWN=');
    expect(change?.script).toMatch(/^'wg' 'set' 'wg0' 'listen-port' '51820' \|\| exit\nnudge_program=/);
    expect(change?.script).toMatch(/'nudge' '172\.27\.15\.11' [^|]*\|\| :$/);
    const [alone] = plan({ port: 1, peers: [] }, 'OWN=');
    expect(alone?.script).toBe("'wg' 'set' 'wg0' 'listen-port' '51820'");
  });
});
