import type { Plan } from '../../../../src/layers/firewall/gates/probing/probes.js';
import { type Probe, probesOf } from '../../../../src/layers/firewall/gates/probing/probes.js';
import { tailscaleAcl, tailscaleAclPlan } from '../../../../src/layers/firewall/gates/tailscale-acl.js';
import { TAILNET_ADDRESSES } from '../../../../src/layers/tailscale/facts.js';
import { resolve } from '../../../inventory/support.js';
import {
  contextOf,
  dropped,
  exposed,
  type Fate,
  HELD,
  isDropped,
  passes,
  probeWord,
  verdictWith,
  wrongIn,
} from './world.js';

const { inventory } = resolve(`name: tailnet
sites:
  home: { subnet: 192.168.15.0/24, router: 192.168.15.1 }
nodes:
  edge: { public: 198.51.100.25 }
  wk-1: { site: home, lan: 192.168.15.3 }
  wk-2: { site: home, lan: 192.168.15.4 }
  nas: { site: home, lan: 192.168.15.5 }
networks:
  tail: { kind: tailscale, authKey: { env: TS_AUTHKEY }, members: [edge, wk-1, wk-2] }
edges:
  edge: { proxy: traefik, acme: { email: me@example.com, challenge: http } }
apps:
  photos: { host: photos.example.com, edge: edge, network: tail, to: { node: wk-2, port: 80 }, port: 8080 }
firewall:
  - { on: wk-1, allow: [ssh, { port: 8123/tcp, from: tail }] }
  # Another rule about the same port: it is asked about once.
  - { on: wk-1, allow: [{ port: 8123/tcp, from: [tail, edge] }] }
`);
const seen: Readonly<Record<string, string>> = {
  edge: '100.64.0.1',
  'wk-1': '100.64.0.2',
  'wk-2': '100.64.0.3',
};
const factsOf = (addresses: Readonly<Record<string, string>>) => ({
  get: (node: string, fact: string) => (fact === TAILNET_ADDRESSES ? addresses[node] : undefined),
});
const context = contextOf(
  {},
  {
    inventory,
    networks: [],
    measured: ['edge', 'wk-1', 'wk-2', 'nas'],
    facts: factsOf(seen),
    surveyed: new Map([['wk-1', { ports: HELD, translated: true }]]),
  },
);

const lost: Fate = { outcome: 'silence' };
/** A packet filter that lets in whoever, at one port. */
const filter = (port: number): string =>
  `tailnet-filter ${JSON.stringify([{ SrcIPs: ['*'], DstPorts: [{ IP: '*', Ports: { First: port, Last: port } }] }])}`;

const judged = (
  fate: (probe: Probe) => Fate,
  rules: Readonly<Record<string, readonly string[]>> = {},
  changes: Partial<typeof context> = {},
) => {
  const own = { ...context, ...changes };
  return verdictWith(tailscaleAcl, tailscaleAclPlan(own), { context: own, fate, rules });
};

const sent = (plan: Plan): readonly string[] =>
  [...probesOf({ ...context }, plan)].flatMap(([from, probes]) =>
    probes.map((probe) => `${from} -> ${probe.way.to} ${probeWord(probe)}`),
  );

describe('tailscale-acl', () => {
  it('sends what rules let in from the tailnet, and what the edges of apps need, over the tailnet alone', () => {
    expect(sent(tailscaleAclPlan(context))).toEqual([
      'edge -> wk-1 8123/tcp overlay',
      'edge -> wk-2 8080/tcp overlay',
      'edge -> wk-2 80/tcp overlay',
      'wk-2 -> wk-1 8123/tcp overlay',
    ]);
  });

  it('is GO if all of it passes, and says what nobody listens on', () => {
    const { summary, findings } = judged((probe) => ({
      ...passes(probe),
      ...(probe.arrives === 80 && { outcome: 'refused' }),
    }));
    expect(summary).toBe('4 of 4 ports reached over the tailnet');
    expect(findings.filter(({ noted }) => noted)).toEqual([
      {
        go: true,
        noted: true,
        node: 'edge',
        peer: 'wk-2',
        expected: '80/tcp at 100.64.0.3 over tailscale0 is reached',
        seen: "the tailnet's policy and the firewall let it in, and nobody listens on it",
        fix: 'start what is to be reached at 80/tcp of wk-2',
      },
    ]);
    expect(findings.find(({ node }) => node === 'nas')).toMatchObject({ go: true, seen: 'in no tailnet' });
  });

  const at8123 = (fate: Fate | ((probe: Probe) => Fate)) => (probe: Probe) =>
    probe.arrives !== 8123 || probe.way.from !== 'edge'
      ? passes(probe)
      : typeof fate === 'function'
        ? fate(probe)
        : fate;

  it.each<[string, readonly string[], string]>([
    [
      'the policy',
      [filter(22)],
      "dropped by the tailnet's policy: it does not arrive on tailscale0 of wk-1, whose tailscaled has no rule that lets 100.64.0.1 in at 8123/tcp | let edge reach 8123/tcp of wk-1 in the tailnet's policy (ACL)",
    ],
    [
      'a tailscaled that lets nothing in',
      [filter(8123), 'tailnet-shielded'],
      'dropped by tailscaled of wk-1, which is set to let nothing in (--shields-up) | run `tailscale set --shields-up=false` on wk-1',
    ],
    [
      'the way there',
      [filter(8123)],
      "it does not arrive on tailscale0 of wk-1, though the tailnet's policy lets it in | check what the gate tailscale-peers reports for edge and wk-1",
    ],
    [
      'one of these, if the policy cannot be read',
      [],
      "it does not arrive on tailscale0 of wk-1, and its tailscaled does not say what the tailnet's policy is | check what the gate tailscale-peers reports for edge and wk-1",
    ],
  ])('names what lost a packet: %s', (_name, lines, expected) => {
    const verdict = judged(at8123(lost), { 'wk-1': lines });
    expect(wrongIn(verdict)).toEqual([
      `edge -> wk-1: 8123/tcp at 100.64.0.2 over tailscale0 is reached | ${expected}`,
    ]);
  });

  it("names the rule of the node's own firewall that dropped what the policy let in", () => {
    const rules = `table inet fence {
chain input {
type filter hook input priority filter; policy accept;
tcp dport 8123 drop # handle 2
}
}`.split('\n');
    const verdict = judged(at8123(isDropped), {
      'wk-1': [filter(8123), ...rules.map((line) => `nft ${line}`)],
    });
    expect(wrongIn(verdict)).toEqual([
      expect.stringMatching(
        /^edge -> wk-1: .* \| dropped by table inet fence, chain input, rule 1: tcp dport 8123 drop \(as its rules show\)/,
      ),
    ]);
  });

  it('is STOP for a member that is not in the tailnet', () => {
    const { 'wk-1': _, ...others } = seen;
    const verdict = judged((probe) => passes(probe), {}, { facts: factsOf(others) });
    expect(wrongIn(verdict)).toEqual([
      'wk-1 -> undefined: in the tailnet | it has no address there | check what the gate tailscale-peers reports for wk-1',
    ]);
  });
});

describe('a policy that lets in less than what anyone may reach', () => {
  const overTailnet = ({ way }: Probe): boolean => way.device === 'tailscale0';
  const rules = { 'wk-1': [filter(8123)], edge: [filter(41_641)], 'wk-2': [filter(8080)] };

  it('is GO for exposure, which asks for what the inventory wants from the tailnet', () => {
    const strict = (probe: Probe): Fate =>
      overTailnet(probe) && probe.arrives !== 8123 ? lost : probe.must ? passes(probe) : isDropped(probe);
    expect(wrongIn(exposed({ context, fate: strict, rules }))).toEqual([]);
    const stricter = (probe: Probe): Fate => (probe.must && !overTailnet(probe) ? passes(probe) : lost);
    expect(wrongIn(exposed({ context: { ...context }, fate: stricter, rules }))).not.toEqual([]);
  });

  it('is noted by dropped-by', () => {
    const own = contextOf({ to: 'wk-1' }, context);
    const verdict = dropped({
      context: { ...own, params: { to: 'wk-1' } },
      fate: (probe) => (overTailnet(probe) && probe.arrives !== 8123 ? lost : passes(probe)),
      rules,
    });
    expect(wrongIn(verdict)).toEqual([]);
    expect(
      verdict.findings.filter(({ noted }) => noted).map(({ node, seen }) => [node, seen]),
    ).toContainEqual([
      'edge',
      expect.stringMatching(/^dropped by the tailnet's policy: .* lets 100\.64\.0\.1 in at 22\/tcp$/),
    ]);
  });
});
