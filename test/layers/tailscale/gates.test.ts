import { tailscaleKeyExpiry } from '../../../src/layers/tailscale/gates/key-expiry.js';
import { tailscalePeers } from '../../../src/layers/tailscale/gates/peers.js';
import { tailscaleRoutes } from '../../../src/layers/tailscale/gates/routes.js';
import type { FragmentReply } from '../../../src/remote/program.js';
import { verdictOn } from '../../support/verdict-on.js';
import { INVENTORY } from './fixture.js';
import { ADDRESSES, context } from './gate-context.js';

interface Peer {
  readonly online?: boolean;
  readonly routes?: readonly string[];
}

const statusText = (state: string, peers: Readonly<Record<string, Peer>> = {}, self: object = {}): string =>
  JSON.stringify({
    BackendState: state,
    Health: state === 'Running' ? [] : ['something is wrong'],
    Self: { PublicKey: 'nodekey:self', TailscaleIPs: ['100.64.0.1'], ...self },
    Peer: Object.fromEntries(
      Object.entries(peers).map(([name, { online = true, routes = [] }]) => [
        name,
        {
          HostName: name,
          TailscaleIPs: [(ADDRESSES[name] ?? '').split(' ')[0]],
          Online: online,
          PrimaryRoutes: routes,
        },
      ]),
    ),
  });

const reply = (lines: readonly string[], status: string): FragmentReply => ({
  id: 'gate',
  code: 0,
  stdout: ['@@ part measured', ...lines, 'end', '@@ part status', status, ''].join('\n'),
  stderr: '',
});

describe('tailscale-peers', () => {
  const judged = (lines: readonly string[], status: string) =>
    verdictOn(tailscalePeers, context({}, ['edge']), new Map([['edge', reply(lines, status)]]));
  const BOTH = { 'wk-1': {}, 'wk-2': {} };

  it('is GO if all answer, and says which way', () => {
    const { summary, findings } = judged(
      ['peer 0 1.5 203.0.113.9:41641', 'peer 1 2 192.168.15.4:41641'],
      statusText('Running', BOTH),
    );
    expect(summary).toBe('2 of 2 pairs answer in the tailnet');
    expect(findings.map(({ go, seen }) => [go, seen])).toEqual([
      [true, '1.5 ms, directly to 203.0.113.9:41641'],
      [true, '2 ms, directly to 192.168.15.4:41641'],
    ]);
  });

  it('notes a pair that goes by a relay, and why', () => {
    const { summary, findings } = judged(
      ['peer 0 40 DERP(lab)', 'peer 1 2 192.168.15.4:41641', 'netcheck UDP false'],
      statusText('Running', BOTH),
    );
    expect(summary).toBe('2 of 2 pairs answer in the tailnet, 1 by relay');
    expect(findings[0]).toMatchObject({
      go: true,
      noted: true,
      seen: "40 ms by relay lab: no UDP leaves edge's network",
    });
  });

  it.each([
    ['peer 0 lost none', { 'wk-2': {} }, "no answer: the login server doesn't show wk-1 to edge"],
    [
      'peer 0 lost none',
      { ...BOTH, 'wk-1': { online: false } },
      'no answer: wk-1 is not connected to the login server',
    ],
    ['peer 0 lost none', BOTH, 'no answer, though wk-1 is online'],
    ['peer 0 lost 203.0.113.9:41641', BOTH, 'no answer, but tailscaled of wk-1 answers (203.0.113.9:41641)'],
  ])('is STOP for a pair without an answer: %s', (line, peers, seen) => {
    const { findings } = judged([line, 'peer 1 2 192.168.15.4:41641'], statusText('Running', peers));
    expect(findings.map(({ go }) => go)).toEqual([false, true]);
    expect(findings[0]).toMatchObject({ seen, fix: expect.any(String) });
  });

  it.each([
    ['NeedsLogin', 'is logged out: something is wrong'],
    ['NeedsMachineAuth', 'awaits approval: something is wrong'],
    ['Stopped', 'was switched off: something is wrong'],
    ['Starting', 'waits for the login server: something is wrong'],
  ])('is STOP for a node in the state %s', (state, seen) => {
    const { findings } = judged([], statusText(state));
    expect(findings).toEqual([expect.objectContaining({ go: false, node: 'edge', seen })]);
  });

  it('is STOP for a node without tailscaled', () => {
    const { findings } = judged([], '');
    expect(findings).toEqual([expect.objectContaining({ go: false, seen: 'tailscaled does not run' })]);
  });
});

describe('tailscale-routes', () => {
  const judged = (lines: readonly string[], routes: readonly string[]) =>
    verdictOn(
      tailscaleRoutes,
      context({}, ['edge']),
      new Map([['edge', reply(lines, statusText('Running', { 'wk-1': { routes } }))]]),
    ).findings;

  it('is GO if a machine behind the gateway answers through the tailnet', () => {
    expect(judged(['route 0 tailscale0 3.2'], ['192.168.15.0/24'])).toEqual([
      expect.objectContaining({ go: true, peer: 'wk-1', seen: '192.168.15.4 answers in 3.2 ms' }),
    ]);
  });

  it.each([
    [['route 0 tailscale0 lost'], ['192.168.15.0/24'], 'no answer from 192.168.15.4'],
    [['route 0 host0 1.0'], ['192.168.15.0/24'], '192.168.15.4 is sent to host0, not to tailscale0'],
    [
      ['route 0 none lost'],
      [],
      'the login server gives edge no route to 192.168.15.0/24: it is not approved',
    ],
    [['no-ping'], ['192.168.15.0/24'], 'no ping'],
  ])('is STOP if packets do not pass: %s', (lines, routes, seen) => {
    expect(judged(lines, routes)).toEqual([
      expect.objectContaining({ go: false, seen, fix: expect.any(String) }),
    ]);
  });
});

it.each([
  ['on', 'check ip_forward and the FORWARD chain (Docker, UFW) of wk-1'],
  [
    'nodivert',
    'write "netfilter: on" in network tail, or have the router there send 100.64.0.0/10 to wk-1, which masquerades nothing without Tailscale\'s rules',
  ],
] as const)(
  'says what keeps answers from coming back through a gateway with netfilter %s',
  (netfilter, fix) => {
    const { tailnets = [] } = INVENTORY;
    const inventory = { ...INVENTORY, tailnets: tailnets.map((tailnet) => ({ ...tailnet, netfilter })) };
    const status = statusText('Running', { 'wk-1': { routes: ['192.168.15.0/24'] } });
    const { findings } = verdictOn(
      tailscaleRoutes,
      { ...context({}, ['edge']), inventory },
      new Map([['edge', reply(['route 0 tailscale0 lost'], status)]]),
    );
    expect(findings[0]?.fix).toBe(`${fix}; and check that 192.168.15.4 answers wk-1`);
  },
);

describe('tailscale-key-expiry', () => {
  const NOW = 1_800_000_000;
  const judged = (seconds: number | undefined, params = {}) => {
    const self = seconds === undefined ? {} : { KeyExpiry: new Date((NOW + seconds) * 1000).toISOString() };
    const said = reply([`now ${NOW}`], statusText('Running', {}, self));
    return verdictOn(tailscaleKeyExpiry, context(params, ['edge']), new Map([['edge', said]])).findings[0];
  };
  const DAY = 86_400;

  it('is GO for a key that never expires, or not soon', () => {
    expect(judged(undefined)).toMatchObject({ go: true, seen: 'it never expires' });
    expect(judged(15 * DAY)).toMatchObject({ go: true, seen: 'it expires in 15 d' });
    expect(judged(3 * DAY, { days: 2 })).toMatchObject({ go: true });
  });

  it('is STOP for one that does', () => {
    expect(judged(13 * DAY)).toMatchObject({ go: false, seen: 'it expires in 13 d' });
    expect(judged(-7200)).toMatchObject({ go: false, seen: 'it expired 2 h ago' });
  });
});
