import { lan } from '../../../../src/layers/wireguard/gates/lan.js';
import { verdictOn } from '../../../support/verdict-on.js';
import { reply, stops } from './fixture.js';
import { hubContext, hubInventory, withNat } from './hub-fixture.js';

/** What is asked: by the hub and the spoke lan-1, the router and the gateway; by the gateway each twice. */
const good = {
  vps: ['lan 0 0.8 open', 'lan 1 0.7 none', 'lan 2 0.5 none'],
  far: ['lan 0 0.8 open', 'lan 1 0.7 none', 'lan 2 0.5 none'],
  'node-a': ['lan 0 0.2 open', 'lan 1 0.2 open', 'lan 2 0.1 none', 'lan 3 0.1 none'],
  'lan-1': [],
} as const;
type Said = Partial<Record<keyof typeof good, readonly string[]>>;

const lostLan = ['lost 0 silence', 'lost 1 silence', 'lan 2 0.5 none'];
const judged = (said: Said, context = hubContext()) =>
  verdictOn(
    lan,
    context,
    new Map(Object.entries({ ...good, ...said }).map(([node, lines]) => [node, reply(lines.join('\n'))])),
  );

describe('lan', () => {
  it('is GO when machine and router answer through the tunnel', () => {
    const verdict = judged({});
    expect(stops(verdict)).toEqual([]);
    expect(verdict.summary).toBe('4 of 4 ways onto LANs answer');
    expect(verdict.findings.find(({ node }) => node === 'vps')).toMatchObject({
      peer: 'node-a',
      expected: 'lan-1 (192.168.1.100) answers through node-a',
      seen: 'ping 0.8 ms, TCP open',
    });
    expect(verdict.findings.filter(({ node }) => node === 'node-a')[0]?.seen).toBe('it is a gateway itself');
  });

  it.each<[string, Said, string]>([
    [
      'the tunnel',
      { vps: ['lost 0 silence', 'lost 1 silence', 'lost 2 silence'] },
      "no answer; node-a doesn't answer either",
    ],
    [
      'the machine',
      { vps: lostLan, 'node-a': ['lost 0 silence', 'lost 1 silence', ...good['node-a'].slice(2)] },
      "no answer; node-a doesn't reach it on its LAN either",
    ],
    [
      'the masquerade',
      { vps: lostLan, 'node-a': [good['node-a'][0], 'lost 1 silence', ...good['node-a'].slice(2)] },
      'no answer; lost at node-a: it reaches lan-1, but gets no answer from its overlay address: its masquerade is missing',
    ],
    [
      'what is passed on',
      { vps: lostLan },
      "no answer; lost at node-a, which reaches lan-1 itself but doesn't forward packets",
    ],
    [
      'all but pings',
      { vps: ['lan 0 0.8 -', 'lan 1 0.7 none', 'lan 2 0.5 none'] },
      "ping 0.8 ms, but no TCP; lost at node-a, which reaches lan-1 itself but doesn't forward packets",
    ],
  ])('names the hop: %s', (_what, said, seen) => {
    expect(stops(judged(said))[0]).toBe(`vps -> node-a: ${seen}`);
  });

  it('names the hub where only the spoke behind it is cut off', () => {
    expect(stops(judged({ far: lostLan }))[0]).toBe(
      "far -> node-a: no answer; lost at vps, which reaches lan-1 itself but doesn't forward packets from far",
    );
  });

  it('names the router that lacks the way back, if nothing is masqueraded', () => {
    const said = {
      vps: lostLan,
      'node-a': [good['node-a'][0], 'lost 1 silence', good['node-a'][2], 'lost 3 silence'],
    };
    const verdict = judged(said, hubContext({ inventory: withNat('none') }));
    expect(stops(verdict)[0]).toBe(
      'vps -> node-a: no answer; lost on the way back: node-a reaches lan-1, but no answer comes back to 10.8.0.0/24',
    );
    expect(verdict.findings.find(({ go }) => !go)?.fix).toBe(
      'on the router 192.168.1.1, route 10.8.0.0/24 through 192.168.1.10 (node-a); or have node-a masquerade (nat: masquerade)',
    );
  });

  it('forgives a silent router when a machine behind it answers', () => {
    const verdict = judged({ vps: [good.vps[0], 'lost 1 silence', good.vps[2]] });
    expect(stops(verdict)).toEqual([]);
  });

  it("proves what it can where only the gateway's own address is known", () => {
    const inventory = {
      ...hubInventory,
      sites: [],
      nodes: hubInventory.nodes.filter(({ name }) => name !== 'lan-1'),
    };
    const context = hubContext({ inventory, measured: ['vps'] });
    const verdict = verdictOn(lan, context, new Map([['vps', reply('lan 0 0.8 open\nlan 1 0.5 none')]]));
    expect(verdict.findings[0]).toMatchObject({
      go: true,
      expected: 'node-a (192.168.1.10) answers through node-a',
      seen: 'ping 0.8 ms, TCP open; no other machine of 192.168.1.0/24 is in the inventory, nor its router',
    });
  });

  it('has nothing to do without a gateway', () => {
    const networks = hubInventory.networks.map((network) => ({ ...network, advertises: [] }));
    expect([
      lan.concerns?.(hubInventory, networks),
      lan.concerns?.(hubInventory, hubInventory.networks),
    ]).toEqual([false, true]);
  });
});
