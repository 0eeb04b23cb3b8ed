import type { Verdict } from '../../../src/layers/gate.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { homeMesh, node, ssh } from '../../fixtures/home-mesh-inventory.js';
import { type Asked, GatesWorld } from '../support/gates-world.js';

const WIRE: readonly Asked[] = [
  { kind: 'endpoints' },
  { kind: 'handshake' },
  { kind: 'ping' },
  { kind: 'transfer' },
];

function stops(verdict: Verdict | undefined): string[] {
  if (!verdict) throw new Error('no verdict');
  return verdict.findings
    .filter(({ go }) => !go)
    .map(({ node: name, peer, seen }) => `${name}${peer === undefined ? '' : ` -> ${peer}`}: ${seen}`);
}

function fixes(verdict: Verdict | undefined): string[] {
  return verdict?.findings.flatMap(({ fix }) => fix ?? []) ?? [];
}

describe('gates on the home mesh', () => {
  const world = new GatesWorld(homeMesh);
  beforeAll(() => world.up());
  afterAll(() => world.down());
  const stopsOf = async (asked: Asked): Promise<string[]> =>
    stops((await world.ask([asked])).verdicts.get(asked.kind));

  it('are GO with real packets over every ordered pair, and quick', async () => {
    const { verdicts } = await world.ask(WIRE);
    expect([...verdicts.values()].flatMap(stops)).toEqual([]);
    expect([...verdicts.values()].map(({ summary }) => summary)).toEqual([
      '12 of 12 endpoints lead to their nodes',
      '12 of 12 handshakes fresh',
      '12 of 12 pairs answer',
      '12 of 12 transfers complete',
    ]);
    const times: number[] = [];
    for (let turn = 0; turn < 5; turn++) times.push((await world.ask(WIRE)).ms);
    times.sort((a, b) => a - b);
    expect(times[2]).toBeLessThan(3000);
  });

  it('wait for nodes that start seconds later', async () => {
    const { verdicts, ms } = await world.ask(
      WIRE.map((asked) => ({ ...asked, patience: 8 })),
      { skew: 800 },
    );
    expect([...verdicts.values()].flatMap(stops)).toEqual([]);
    expect(ms).toBeLessThan(3 * 800 + 5000);
  });

  it('measure only one node, and say what was left out', async () => {
    const { verdicts } = await world.ask(WIRE, { measured: ['ms-1'] });
    expect([...verdicts.values()].flatMap(stops)).toEqual([]);
    expect([...verdicts.values()].map(({ summary }) => summary)).toEqual([
      '0 of 0 endpoints lead to their nodes; 12 more not measured, as one end was left out',
      '3 of 3 handshakes fresh',
      '3 of 3 pairs answer',
      '0 of 0 transfers complete; 12 more not measured, as one end was left out',
    ]);
  });

  it('connect a fresh mesh at once, whichever side connects', async () => {
    for (let round = 0; round < 8; round++) {
      const configs = new Map(
        world.inventory.nodes.map(({ name }) => [
          name,
          world.onNode(
            name,
            'wg showconf wg0 | grep -v Keepalive; for peer in $(wg show wg0 peers); do wg set wg0 peer $peer remove; done',
          ),
        ]),
      );
      for (const [name, config] of configs)
        world.onNode(name, `wg setconf wg0 /dev/stdin <<'END'\n${config}END\n`);
      const { verdicts, ms } = await world.ask([
        { kind: 'handshake', patience: 2 },
        { kind: 'ping', patience: 1 },
      ]);
      expect([...verdicts.values()].flatMap(stops)).toEqual([]);
      // Whoever waits for WireGuard to try again waits five seconds.
      expect(ms).toBeLessThan(4500);
    }
  });

  it('see that a forward is gone, though pings still pass', async () => {
    world.forward('home', ['wk-1']);
    const { verdicts } = await world.ask([{ kind: 'endpoints' }, { kind: 'ping' }]);
    world.forward('home');
    expect(stops(verdicts.get('ping'))).toEqual([]);
    expect(stops(verdicts.get('endpoints'))).toEqual([
      expect.stringMatching(/^ctb-edge-1 -> wk-1: wk-1 received none of \d+ datagrams$/),
    ]);
    expect(fixes(verdicts.get('endpoints'))).toEqual([
      'forward UDP 203.0.113.10:51820 to wk-1 (192.168.15.3:51820) on the router of site home',
    ]);
  });

  it('wait for nodes that an earlier gate holds up', async () => {
    world.firewall(
      'wk-2',
      'table inet f { chain i { type filter hook input priority 0; ip saddr 172.27.15.12 icmp type echo-request drop; }; }',
    );
    const { verdicts } = await world.ask([
      { kind: 'ping', patience: 4 },
      { kind: 'transfer', patience: 2 },
    ]);
    world.firewall('wk-2', '');
    expect(stops(verdicts.get('ping'))).toEqual([expect.stringContaining('ms-1 -> wk-2: no answer')]);
    expect(stops(verdicts.get('transfer'))).toEqual([]);
  });

  it('see that a forward leads to another node', async () => {
    world.forward('home', [], { 'wk-1': 'wk-2' });
    const seen = await stopsOf({ kind: 'endpoints' });
    world.forward('home');
    expect(seen).toEqual(['ctb-edge-1 -> wk-1: it arrived at wk-2:51820']);
  });

  it("see a node's own firewall", async () => {
    world.firewall(
      'ms-1',
      'table inet f { chain i { type filter hook input priority 0; policy accept; udp dport 51820 drop; }; }',
    );
    const { verdicts } = await world.ask([{ kind: 'endpoints' }]);
    world.firewall('ms-1', '');
    expect(stops(verdicts.get('endpoints')).map((stop) => stop.split(':')[0])).toEqual([
      'ctb-edge-1 -> ms-1',
      'wk-1 -> ms-1',
      'wk-2 -> ms-1',
    ]);
    expect(fixes(verdicts.get('endpoints'))[1]).toContain(
      '`nft insert rule inet f i position 2 udp dport 51820 accept` on ms-1, before rule 1 of i',
    );
  });

  it('distinguish a lost ping, a closed port and a path that loses large packets', async () => {
    const drop = (rule: string): void =>
      world.firewall(
        'wk-2',
        `table inet f { chain i { type filter hook input priority 0; iifname "wg0" ${rule}; }; }`,
      );
    const asked: readonly Asked[] = [{ kind: 'ping', patience: 1 }, { kind: 'transfer' }];
    drop('icmp type echo-request drop');
    const mute = await world.ask(asked);
    drop('tcp flags syn / syn,ack reject with tcp reset');
    const closed = await world.ask(asked);
    drop('meta length > 1000 drop');
    const narrow = await world.ask(asked);
    world.firewall('wk-2', '');
    const others = ['ctb-edge-1', 'ms-1', 'wk-1'];
    expect(stops(mute.verdicts.get('ping'))).toEqual(
      others.map((name) => expect.stringMatching(new RegExp(`^${name} -> wk-2: no answer to \\d+ pings$`))),
    );
    expect(stops(mute.verdicts.get('transfer'))).toEqual([]);
    expect(stops(closed.verdicts.get('ping'))).toEqual([]);
    expect(stops(closed.verdicts.get('transfer'))).toEqual(
      others.map((name) => `${name} -> wk-2: no connection (Connection refused)`),
    );
    expect(stops(narrow.verdicts.get('transfer'))).toEqual(
      others.map((name) => `${name} -> wk-2: connected, then 0 of 4096 bytes (silence)`),
    );
  });

  it('name the pairs whose keys were swapped', async () => {
    const [first, second] = [world.openKey('wk-1'), world.openKey('wk-2')];
    const set = (one: string, other: string): string =>
      world.onNode(
        'ms-1',
        `wg set wg0 peer ${one} allowed-ips 172.27.15.13/32 peer ${other} allowed-ips 172.27.15.14/32`,
      );
    expect(await stopsOf({ kind: 'peers' })).toEqual([]);
    set(second, first);
    const seen = await stopsOf({ kind: 'peers' });
    set(first, second);
    expect(seen).toEqual([
      "ms-1 -> wk-1: has wk-2's public key (swapped with wk-2)",
      "ms-1 -> wk-2: has wk-1's public key (swapped with wk-1)",
    ]);
  });

  it('leave private and preshared keys on their node', async () => {
    const psk = world.onNode('ms-1', 'wg genpsk').trim();
    world.onNode(
      'ms-1',
      `echo ${psk} >/run/wireguard/psk; wg set wg0 peer ${world.openKey('wk-1')} preshared-key /run/wireguard/psk`,
    );
    const { replies } = await world.ask([
      { kind: 'keys' },
      { kind: 'peers' },
      { kind: 'handshake', patience: 0 },
    ]);
    world.onNode('ms-1', `wg set wg0 peer ${world.openKey('wk-1')} preshared-key /dev/null`);
    const said = JSON.stringify([...replies].map(([name, own]) => [name, [...own]]));
    for (const secret of [psk, ...[...world.keys.values()].map((key) => key.secret)])
      expect(said).not.toContain(secret);
    expect(said).toContain(world.openKey('ms-1'));
  });

  it('know the routes wanted from all others', async () => {
    expect(await stopsOf({ kind: 'routes' })).toEqual([]);
    world.sh(
      'ms-1',
      'ip route del 172.27.15.11 dev wg0; ip route add 10.9.0.0/16 dev wg0 table 7; ip route add 172.27.15.128/25 via 192.168.15.1',
    );
    const seen = await stopsOf({ kind: 'routes' });
    world.sh(
      'ms-1',
      'ip route add 172.27.15.11 dev wg0; ip route flush table 7; ip route del 172.27.15.128/25',
    );
    expect(seen).toEqual([
      'ms-1: no such route',
      'ms-1: a route to 10.9.0.0/16 in table 7',
      'ms-1: a route to 172.27.15.128/25 through eth0 in table main',
    ]);
  });
});

describe('gates over IPv6, if one node can only connect out', () => {
  const members = [
    { node: 'a', addresses: ['10.7.0.1', 'fd07::1'] },
    { node: 'b', addresses: ['10.7.0.2', 'fd07::2'] },
    { node: 'c', addresses: ['10.7.0.3', 'fd07::3'] },
  ];
  const [template] = homeMesh.networks;
  if (!template) throw new Error('no network');
  const inventory: Inventory = {
    ...homeMesh,
    sites: [
      {
        name: 'den',
        subnets: ['192.168.9.0/24'],
        router: '192.168.9.1',
        publicAddresses: ['203.0.113.9'],
        nat: true,
        forwards: [],
      },
    ],
    nodes: [
      node('a', { publicAddresses: ['198.51.100.1', '2001:db8::1'], ssh: ssh('a') }),
      node('b', { publicAddresses: ['2001:db8::2'], ssh: ssh('b') }),
      node('c', { site: 'den', lanAddresses: ['192.168.9.3'], ssh: ssh('c') }),
    ],
    networks: [
      {
        ...template,
        interface: 'wg7',
        port: 4500,
        ranges: ['10.7.0.0/24', 'fd07::/64'],
        relay: 'a',
        members,
      },
    ],
  };
  const world = new GatesWorld(inventory);
  beforeAll(() => world.up());
  afterAll(() => world.down());

  it('are GO', async () => {
    const { verdicts } = await world.ask([...WIRE, { kind: 'routes' }, { kind: 'peers' }]);
    expect([...verdicts.values()].flatMap(stops)).toEqual([]);
    expect([...verdicts.values()].map(({ summary }) => summary)).toEqual([
      '3 of 3 endpoints lead to their nodes',
      '4 of 4 handshakes fresh',
      '6 of 6 pairs answer',
      '12 of 12 transfers complete',
      '3 of 3 nodes with exactly the wanted routes',
      '4 of 4 peers right',
    ]);
  });
});
