import type { Finding } from '../../src/layers/gate.js';
import type { RunEvent, StampedEvent } from '../../src/runner/events/events.js';
import { overviewOf } from '../../src/runner/events/overview.js';
import { homeMesh } from '../fixtures/home-mesh-inventory.js';
import {
  DECLINED_RUN,
  ended,
  FAILED_RUN,
  GO_RUN,
  gate,
  NODES,
  PLAN_RUN,
  planned,
  RELIED_RUN,
  RESTART,
  read,
  STOP_RUN,
  stamp,
  started,
  UNCHANGED_RUN,
  UNREACHABLE_RUN,
} from './events.js';

const NETWORK = 'mesh';

/** What a gate found between all pairs, but for those named. */
function pairFindings(
  values: (index: number) => number,
  unit: 'ms' | 's ago',
  stopped: readonly string[] = [],
): Finding[] {
  const pairs = NODES.flatMap((node) =>
    NODES.filter((peer) => peer !== node).map((peer) => ({ node, peer })),
  );
  return pairs.map(({ node, peer }, index) => {
    const go = !stopped.includes(`${node} ${peer}`);
    return {
      go,
      node,
      peer,
      expected: `answers at ${peer}`,
      seen: go ? `${values(index)} ${unit}` : '0 of 12 packets came back',
      ...(go ? {} : { fix: `check the forward to ${peer}` }),
      pair: { network: NETWORK, unit, ...(go && { value: values(index) }) },
    };
  });
}

/** The start of a run over the home mesh, with what its network looks like. */
export const homeStart = (command: 'plan' | 'apply' | 'check'): RunEvent =>
  ({ ...started(command), version: '0.1.0', overview: overviewOf(homeMesh) }) as RunEvent;

/** An apply over the home mesh that measures pairs, and stops where some don't answer. */
export function pairRun(stopped: readonly string[] = []): StampedEvent[] {
  const exit = stopped.length === 0 ? 0 : 3;
  return stamp([
    homeStart('apply'),
    ...read(),
    { type: 'phase-started', phase: 'tunnel' },
    planned('tunnel', 'wireguard wg0', 'ms-1', [RESTART]),
    {
      type: 'change-started',
      phase: 'tunnel',
      step: 'tunnel.step-1',
      node: 'ms-1',
      summary: RESTART.summary,
    },
    {
      type: 'change-done',
      phase: 'tunnel',
      step: 'tunnel.step-1',
      node: 'ms-1',
      summary: RESTART.summary,
      ms: 340,
    },
    ...gate(
      'tunnel',
      'handshake',
      '12 of 12 handshakes fresh',
      pairFindings(() => 0, 's ago'),
    ),
    { type: 'phase-ended', phase: 'tunnel', outcome: 'go', changes: 1 },
    { type: 'phase-started', phase: 'verify' },
    ...gate(
      'verify',
      'ping every pair',
      `${12 - stopped.length} of 12 pairs answer`,
      pairFindings((index) => index + 0.5, 'ms', stopped),
    ),
    { type: 'phase-ended', phase: 'verify', outcome: exit === 0 ? 'go' : 'stop', changes: 0 },
    ended(exit, 1),
  ]);
}

/** An apply over one shard of the home mesh, or over the nodes that --only names. */
export const partRun = (
  over: Partial<Extract<RunEvent, { type: 'run-started' }>> = {},
  nodes: readonly string[] = NODES.slice(0, 3),
): StampedEvent[] =>
  stamp([{ ...homeStart('apply'), nodes, ...over } as RunEvent, ...read(nodes), ended(0, 0)]);

/** A check over the home mesh that stops where some pairs don't answer. */
const checkRun = (stopped: readonly string[]): StampedEvent[] =>
  stamp([
    homeStart('check'),
    ...read(),
    { type: 'phase-started', phase: 'verify' },
    ...gate(
      'verify',
      'ping every pair',
      'not all pairs answer',
      pairFindings(() => 2, 'ms', stopped),
    ),
    { type: 'phase-ended', phase: 'verify', outcome: 'stop', changes: 0 },
    ended(3, 0),
  ]);

/** What a machine, or whoever owns it, might send to harm a reader's terminal, page or CI. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=http://evil.example/x onerror=alert(1)>',
  '\u001b]0;title\u0007\u001b[31mred\u001b[0m',
  'a\u0000b\u0008c\u001b',
  '\u202egnp.exe\u2066',
  ']]>&lt;&amp;',
  '![x](http://evil.example/x) [y](javascript:alert(1)) @everyone #1',
  '``` \n</details><h1>x',
  'a | b \\| <img src=x> ` |',
  '\ud800 lone \uffff',
] as const;

/** An apply in which everything that can be text of a machine is hostile. */
export function hostileRun(text: string): StampedEvent[] {
  const finding: Finding = { go: false, node: text, peer: text, expected: text, seen: text, fix: text };
  const error = { code: 'E_STEP', message: text, node: text, evidence: text, fix: text } as const;
  const overview = {
    sites: [{ name: text, subnets: [text], publicAddresses: [text], nat: true, forwards: [] }],
    nodes: [{ name: text, role: text, site: text, addresses: [text] }],
    networks: [
      {
        name: text,
        shape: 'mesh' as const,
        hubs: [text],
        hubOf: {},
        members: [{ node: text, addresses: [text] }],
        gateways: [],
        clients: [{ name: `${text} phone`, addresses: [text] }],
      },
    ],
  };
  const change = { summary: text, disruption: { level: 'brief' as const, detail: text }, diff: `+${text}` };
  return stamp([
    {
      type: 'run-started',
      command: 'apply',
      version: text,
      inventory: { file: text, name: text, digest: text },
      playbook: { file: text, name: text, digest: text },
      nodes: [text],
      overview,
      phases: [{ name: text, description: text, steps: [text], gates: [text, `${text} again`] }],
    },
    ...read([text]),
    { type: 'node-left-out', node: `${text} too`, error },
    { type: 'phase-started', phase: text },
    planned(text, text, text, [change]),
    { type: 'step-failed', phase: text, step: `${text}.step-1`, node: text, error },
    ...gate(text, text, text, [finding, { ...finding, pair: { network: text, unit: 'ms' } }]),
    { type: 'guard-reverted', phase: text, node: text, by: 'node', reverted: [text], failed: [text] },
    { type: 'boot-unproven', phase: text, node: text, notes: [text] },
    {
      type: 'phase-ended',
      phase: text,
      outcome: 'failed',
      changes: 0,
      nodes: { changed: [text], untouched: [], reverted: [], unknown: [] },
    },
    ended(7, 0, [error]),
  ]);
}

/** Runs of every kind, by what they are. */
export const EVERY_RUN: readonly [what: string, events: readonly StampedEvent[]][] = [
  ['GO', GO_RUN],
  ['GO without a change', UNCHANGED_RUN],
  ['STOP', STOP_RUN],
  ['a failed step', FAILED_RUN],
  ['an unreachable node', UNREACHABLE_RUN],
  ['phases relied on', RELIED_RUN],
  ['a plan', PLAN_RUN],
  ['a plan that was declined', DECLINED_RUN],
  ['a check', checkRun(['ms-1 wk-1'])],
  ['a plan over a network', stamp([homeStart('plan'), ...PLAN_RUN.slice(1)])],
  ['pairs', pairRun(['ms-1 wk-1'])],
  ['some of the nodes', partRun()],
  ['a run that was killed', GO_RUN.slice(0, 20)],
  ...HOSTILE.map((text): [string, readonly StampedEvent[]] => [text, hostileRun(text)]),
];
