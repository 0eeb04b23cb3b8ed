import {
  type DroppedByParams,
  droppedBy,
  droppedByPlan,
} from '../../../../src/layers/firewall/gates/dropped-by.js';
import { exposure } from '../../../../src/layers/firewall/gates/exposure.js';
import { exposurePlan } from '../../../../src/layers/firewall/gates/probing/ports.js';
import { type Plan, type Probe, probesOf } from '../../../../src/layers/firewall/gates/probing/probes.js';
import type { HeldPort } from '../../../../src/layers/firewall/gates/probing/sockets.js';
import { portWord } from '../../../../src/layers/firewall/validation.js';
import type { GateContext, GateKind, Verdict } from '../../../../src/layers/gate.js';
import { resolve } from '../../../inventory/support.js';
import { verdictOn } from '../../../support/verdict-on.js';

const TEXT = `name: closed
sites:
  home:
    subnet: 192.168.15.0/24
    router: 192.168.15.1
    public: 203.0.113.8
    forwards: [{ port: 443, node: wk-1, nodePort: 8443, protocol: tcp }]
nodes:
  edge: { public: [198.51.100.25, "2001:db8:25::25"] }
  wk-1: { site: home, lan: 192.168.15.3 }
  wk-2: { site: home, lan: 192.168.15.4 }
networks:
  mesh:
    range: 172.27.15.0/24
    addresses: { edge: 172.27.15.31, wk-1: 172.27.15.11, wk-2: 172.27.15.12 }
firewall:
  - { on: [edge, wk-1], allow: [ssh] }
  - { on: edge, allow: [443/tcp] }
  - { on: wk-1, allow: [8443/tcp, { port: 8123/tcp, from: mesh }] }
`;

export const HELD: readonly HeldPort[] = [
  { protocol: 'tcp', port: 22, holder: 'sshd (ssh.service)', isSshd: true },
  { protocol: 'tcp', port: 8123, holder: 'python3 (hass.service)', isSshd: false },
  { protocol: 'tcp', port: 9999, isSshd: false },
];

export function contextOf<P>(params: P, changes: Partial<GateContext<P>> = {}): GateContext<P> {
  const { inventory } = resolve(TEXT);
  return {
    params,
    inventory,
    networks: inventory.networks,
    measured: ['edge', 'wk-1', 'wk-2'],
    patience: 2,
    token: 'Token1',
    facts: { get: () => undefined },
    surveyed: new Map([
      ['edge', { ports: HELD, translated: true }],
      ['wk-1', { ports: HELD, translated: true }],
    ]),
    ...changes,
  };
}

/** What becomes of a probe: how it is answered, and the rest of its line at the target; no line if that doesn't see it. */
export interface Fate {
  readonly outcome: string;
  readonly seen?: string;
}

/** The port as it arrives, and the way: `8443/tcp forward`. */
export const probeWord = (probe: Probe): string =>
  `${portWord({ protocol: probe.protocol, port: probe.arrives })} ${probe.way.via}`;

/** As a packet comes that passes the firewall of its target, or is dropped there. */
export const passes = ({ way, arrives }: Probe, source = way.source ?? '192.0.2.1'): Fate => ({
  outcome: 'open',
  seen: `${way.device ?? 'eth0'} ${source} ${arrives} ${arrives} - - -`,
});
export const isDropped = ({ way, arrives }: Probe): Fate => ({
  outcome: 'silence',
  seen: `${way.device ?? 'eth0'} ${way.source ?? '192.0.2.1'} ${arrives} - - - -`,
});

/** As a firewall lets through what has to get in, and drops the rest. */
export const asRuled = (probe: Probe): Fate => (probe.must ? passes(probe) : isDropped(probe));

interface World<P> {
  readonly context: GateContext<P>;
  readonly fate: (probe: Probe) => Fate;
  /** Whether one node heard another say that it listens; default: all did. */
  readonly heard?: (node: string, other: string) => boolean;
  /** Lines that a target adds, such as its rules. */
  readonly rules?: Readonly<Record<string, readonly string[]>>;
}

export function verdictWith<P, S>(
  kind: GateKind<P, S>,
  plan: Plan,
  { context, fate, heard = () => true, rules = {} }: World<P>,
): Verdict {
  const lines = new Map(
    context.measured.map((name) => {
      const others = context.measured.filter((other) => other !== name && heard(name, other));
      return [name, others.map((other) => `here ${other}`)];
    }),
  );
  for (const [from, probes] of probesOf(context, plan)) {
    lines.get(from)?.push(`probes ${probes.length}`);
    probes.forEach((probe, number) => {
      const { outcome, seen } = fate(probe);
      lines.get(from)?.push(`sent ${number} 2 ${outcome}`);
      if (seen !== undefined) lines.get(probe.way.to)?.push(`seen ${from} ${number} ${seen}`);
    });
  }
  const replies = [...lines].map(([name, own]) => {
    const stdout = [...own, ...(rules[name] ?? []), 'end', ''].join('\n');
    return [name, { id: 'gate', code: 0, stdout, stderr: '' }] as const;
  });
  return verdictOn(kind, context, new Map(replies));
}

export const exposed = (world: World<object>): Verdict =>
  verdictWith(exposure, exposurePlan(world.context), world);

export const dropped = (world: World<DroppedByParams>): Verdict =>
  verdictWith(droppedBy, droppedByPlan(world.context), world);

export const wrongIn = ({ findings }: Verdict): readonly string[] =>
  findings.flatMap(({ go, node, peer, expected, seen, fix }) =>
    go ? [] : [`${node} -> ${peer}: ${expected} | ${seen} | ${fix}`],
  );
