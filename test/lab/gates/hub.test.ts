import { loadInventory } from '../../../src/inventory/index.js';
import type { Verdict } from '../../../src/layers/gate.js';
import { type Asked, GatesWorld } from '../support/gates-world.js';
import { stopsIn } from '../support/stops-in.js';

const ROUTER = 'the router of site home';

describe('gates on a hub, a gateway and a LAN behind it', () => {
  let world: GatesWorld;
  beforeAll(async () => {
    world = new GatesWorld(await loadInventory('inventory/phone-home.yaml'));
    await world.up();
  });
  afterAll(() => world.down());

  /** STOPs by gate; that there is no systemd here to enable a unit is left out. */
  const ask = async (...asked: readonly Asked[]): Promise<Record<string, string[]>> => {
    const { verdicts } = await world.ask(asked);
    return Object.fromEntries(
      [...verdicts].map(([kind, verdict]) => [
        kind,
        stopsIn(verdict).filter((stop) => !stop.endsWith(': not enabled')),
      ]),
    );
  };
  const hops: readonly Asked[] = [{ kind: 'forwarding' }, { kind: 'lan', patience: 1 }];
  const lost = (where: string): string[] =>
    ['lan-1', 'lan-2', ROUTER].map((name) => `vps -> node-a: no answer; ${where.replaceAll('NAME', name)}`);

  it('are GO with real packets', async () => {
    const kinds = ['endpoints', 'handshake', 'ping', 'path-mtu', 'transfer', 'lan', 'routes', 'peers'];
    const { verdicts, ms } = await world.ask(kinds.map((kind) => ({ kind, patience: 8 })));
    expect([...verdicts.values()].flatMap(stopsIn)).toEqual([]);
    expect([...verdicts.values()].map(({ summary }: Verdict) => summary)).toEqual([
      '1 of 1 endpoint leads to its node',
      '2 of 2 handshakes fresh',
      '2 of 2 pairs answer',
      '2 of 2 paths as wide as the interface',
      '2 of 2 transfers complete',
      '3 of 3 ways onto LANs answer',
      '4 of 4 nodes with exactly the wanted routes',
      '2 of 2 peers right',
    ]);
    expect(ms).toBeLessThan(7000);
    expect(await ask(...hops)).toEqual({ forwarding: [], lan: [] });
    const times: number[] = [];
    for (let turn = 0; turn < 5; turn++) times.push((await world.ask([{ kind: 'lan', patience: 9 }])).ms);
    expect(times.sort((a, b) => a - b)[2]).toBeLessThan(2000);
  });

  it('name the gateway whose masquerade is gone, and the rule', async () => {
    world.sh('node-a', 'nft flush chain inet bridgehead_wg0 postrouting');
    const rule = await ask(...hops);
    world.sh('node-a', 'nft delete table inet bridgehead_wg0');
    const table = await ask(...hops);
    world.letForward('node-a');
    expect(rule['forwarding']).toEqual([
      'node-a: missing: oifname != "wg0" ip saddr 10.8.0.0/24 ip daddr 192.168.1.0/24 masquerade',
    ]);
    expect(table['forwarding']).toEqual([
      expect.stringMatching(/^node-a: no such table; it was loaded at .* UTC/),
    ]);
    const seen = lost(
      'lost at node-a: it reaches NAME, but gets no answer from its overlay address: its masquerade is missing',
    );
    expect([rule['lan'], table['lan']]).toEqual([seen, seen]);
  });

  it('name the gateway that does not forward', async () => {
    world.sh('node-a', 'echo 0 >/proc/sys/net/ipv4/ip_forward');
    const seen = await ask(...hops);
    world.sh('node-a', 'echo 1 >/proc/sys/net/ipv4/ip_forward');
    expect(seen).toEqual({
      forwarding: ['node-a: 0'],
      lan: lost("lost at node-a, which reaches NAME itself but doesn't forward packets"),
    });
  });

  it.each([
    [
      'Docker',
      `table ip filter {
        chain DOCKER-USER { return; }
        chain DOCKER { iifname != "docker0" oifname "docker0" drop; }
        chain FORWARD { type filter hook forward priority filter; policy drop;
          jump DOCKER-USER; oifname "docker0" ct state related,established accept; oifname "docker0" jump DOCKER; iifname "docker0" accept; }
      }`,
      '',
      'no answer',
    ],
    [
      'UFW',
      `table ip filter {
        chain ufw-user-forward { }
        chain ufw-before-forward { ct state related,established accept; icmp type echo-request accept; jump ufw-user-forward; }
        chain FORWARD { type filter hook forward priority filter; policy drop; jump ufw-before-forward; }
      }`,
      'icmp',
      'but no TCP',
    ],
  ])(
    'name the gateway on which %s drops what is passed on',
    async (owner, rules, _passes, said) => {
      world.firewall('node-a', rules);
      world.letForward('node-a');
      const { verdicts } = await world.ask(hops);
      const chain = owner === 'Docker' ? 'DOCKER-USER' : 'ufw-user-forward';
      world.sh(
        'node-a',
        `nft insert rule ip filter ${chain} iifname wg0 ip daddr 192.168.1.0/24 accept; nft insert rule ip filter FORWARD ct state established,related accept`,
      );
      const mended = await ask(...hops);
      world.firewall('node-a', '');
      world.letForward('node-a');
      const [stop] =
        verdicts.get('forwarding')?.findings.filter(({ go, seen }) => !go && seen !== 'not enabled') ?? [];
      expect(stop).toMatchObject({
        node: 'node-a',
        expected: 'packets from wg0 are forwarded to 192.168.1.0/24',
        seen: `table ip filter, chain FORWARD drops it (${owner})`,
        fix: expect.stringContaining(`just the rule that ${owner} needs`),
      });
      const lan = stopsIn(verdicts.get('lan'));
      expect(lan.length).toBeGreaterThan(0);
      for (const one of lan) expect(one).toMatch(new RegExp(`${said}; lost at node-a, which reaches`));
      expect(mended).toEqual({ forwarding: [], lan: [] });
    },
    60_000,
  );

  it('name a machine that is off, and forgive a silent router', async () => {
    world.sh('lan-1', 'ip link set eth0 down');
    world.sh('home', 'ip addr del 192.168.1.1/24 dev br0; ip addr add 192.168.1.254/24 dev br0');
    const { verdicts } = await world.ask([{ kind: 'lan', patience: 1 }]);
    world.sh('home', 'ip addr del 192.168.1.254/24 dev br0; ip addr add 192.168.1.1/24 dev br0');
    world.sh('lan-1', 'ip link set eth0 up; ip route add default via 192.168.1.1');
    expect(stopsIn(verdicts.get('lan'))).toEqual([
      "vps -> node-a: no answer; node-a doesn't reach it on its LAN either",
    ]);
    expect(verdicts.get('lan')?.findings.find(({ expected }) => expected.startsWith(ROUTER))?.seen).toBe(
      'no answer, which some routers do; lan-2 behind it answers',
    );
  });

  it('name the tunnel', async () => {
    world.sh('node-a', 'ip link set wg0 down');
    const seen = await ask({ kind: 'lan', patience: 1 });
    world.sh('node-a', 'ip link set wg0 up; ip route add 10.8.0.0/24 dev wg0');
    expect(seen['lan']).toEqual(lost("node-a doesn't answer either"));
  });
});
