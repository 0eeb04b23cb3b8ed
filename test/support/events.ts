import type { Finding } from '../../src/layers/gate.js';
import type { PlannedChange, ReportedError, RunEvent, StampedEvent } from '../../src/runner/events/events.js';

export const NODES = ['ctb-edge-1', 'ms-1', 'wk-1', 'wk-2'] as const;

const PHASES = [
  { name: 'kernel', steps: ['forwarding'], gates: ['sysctl values'] },
  {
    name: 'tunnel',
    description: 'configs and peers',
    steps: ['wireguard wg0'],
    gates: ['listener', 'handshake'],
  },
  { name: 'verify', steps: [], gates: ['ping every pair'] },
];

/** Stamps events as the runner does, a tenth of a second apart. */
export function stamp(events: readonly RunEvent[]): StampedEvent[] {
  return events.map((event, index) => ({
    ...event,
    run: '20260101-120000-abc123',
    at: new Date(Date.UTC(2026, 0, 1, 12) + index * 100).toISOString(),
  }));
}

export function started(command: 'plan' | 'apply' | 'check', nodes: readonly string[] = NODES): RunEvent {
  return {
    type: 'run-started',
    command,
    inventory: { file: '/net/home.yaml', name: 'home', digest: 'i1' },
    playbook: { file: '/net/mesh.yaml', name: 'mesh', digest: 'p1' },
    nodes,
    phases: PHASES,
  };
}

export function read(nodes: readonly string[] = NODES): RunEvent[] {
  return [
    ...nodes.map((node): RunEvent => ({ type: 'node-connecting', node })),
    ...nodes.map((node): RunEvent => ({ type: 'node-connected', node, ms: 210 })),
    ...nodes.map((node): RunEvent => ({ type: 'node-probed', node, ms: 1400 })),
  ];
}

export const ADD_PEER: PlannedChange = { summary: 'add peer wk-2', disruption: { level: 'none' } };
export const RESTART: PlannedChange = {
  summary: 'write /etc/wireguard/wg0.conf and restart wg0',
  disruption: { level: 'brief', detail: 'restarts wg0: about 1 s' },
  diff: ' [Interface]\n-MTU = 1500\n+MTU = 1420\n',
};

export function planned(
  phase: string,
  step: string,
  node: string,
  changes: readonly PlannedChange[],
): RunEvent {
  return { type: 'step-planned', phase, step: `${phase}.step-1`, name: step, node, changes };
}

function change(phase: string, node: string, summary: string): RunEvent[] {
  const where = { phase, step: `${phase}.step-1`, node, summary };
  return [
    { type: 'change-started', ...where },
    { type: 'change-done', ...where, ms: 340 },
  ];
}

export function gate(
  phase: string,
  name: string,
  summary: string,
  reported: readonly Finding[] = [],
): RunEvent[] {
  const where = { phase, gate: `${phase}.gate-1`, name };
  return [
    { type: 'gate-started', ...where },
    { type: 'gate-ended', ...where, go: reported.every(({ go }) => go), summary, findings: reported },
  ];
}

export function ended(exit: number, changes: number, errors: readonly ReportedError[] = []): RunEvent {
  return { type: 'run-ended', exit, changes, errors, ms: 2130 };
}

const phaseEnded = (phase: string, outcome: 'go' | 'stop' | 'failed', changes: number): RunEvent => ({
  type: 'phase-ended',
  phase,
  outcome,
  changes,
});

const KERNEL_GO: readonly RunEvent[] = [
  { type: 'phase-started', phase: 'kernel' },
  ...NODES.map((node) => planned('kernel', 'forwarding', node, [])),
  ...gate('kernel', 'sysctl values', '8 of 8 values are in force'),
  phaseEnded('kernel', 'go', 0),
];

const TUNNEL_CHANGES: readonly RunEvent[] = [
  { type: 'phase-started', phase: 'tunnel' },
  planned('tunnel', 'wireguard wg0', 'ctb-edge-1', [ADD_PEER]),
  planned('tunnel', 'wireguard wg0', 'ms-1', [RESTART]),
  { ...planned('tunnel', 'wireguard wg0', 'wk-1', []), skipped: 'its condition does not hold' } as RunEvent,
  planned('tunnel', 'wireguard wg0', 'wk-2', []),
  ...change('tunnel', 'ctb-edge-1', ADD_PEER.summary),
  ...change('tunnel', 'ms-1', RESTART.summary),
];

const TUNNEL_GO: readonly RunEvent[] = [
  ...TUNNEL_CHANGES,
  ...gate('tunnel', 'listener', '4 of 4 nodes listen on 51820'),
  ...gate('tunnel', 'handshake', '12 of 12 handshakes'),
  phaseEnded('tunnel', 'go', 2),
];

/** An apply that makes two changes and ends GO. */
export const GO_RUN = stamp([
  started('apply'),
  ...read(),
  ...KERNEL_GO,
  ...TUNNEL_GO,
  { type: 'phase-started', phase: 'verify' },
  ...gate('verify', 'ping every pair', '12 of 12 pairs answer'),
  phaseEnded('verify', 'go', 0),
  ended(0, 2),
]);

/** A second apply: everything is as wanted. */
export const UNCHANGED_RUN = stamp([
  started('apply'),
  ...read(),
  ...KERNEL_GO,
  { type: 'phase-started', phase: 'tunnel' },
  ...gate('tunnel', 'handshake', '12 of 12 handshakes'),
  phaseEnded('tunnel', 'go', 0),
  { type: 'phase-started', phase: 'verify' },
  ...gate('verify', 'ping every pair', '12 of 12 pairs answer'),
  phaseEnded('verify', 'go', 0),
  ended(0, 0),
]);

export const LOST_PAIR: Finding = {
  go: false,
  node: 'ctb-edge-1',
  peer: 'ms-1',
  expected: 'an answer from 172.27.15.12 within 10 s',
  seen: '0 of 12 packets came back',
  fix: 'check the forward of UDP 51821 on the router of home',
};

/** An apply that a gate of the last phase stops. */
export const STOP_RUN = stamp([
  started('apply'),
  ...read(),
  ...KERNEL_GO,
  ...TUNNEL_GO,
  { type: 'phase-started', phase: 'verify' },
  ...gate('verify', 'ping every pair', '11 of 12 pairs answer', [LOST_PAIR]),
  phaseEnded('verify', 'stop', 0),
  ended(3, 2),
]);

const NO_SPACE: ReportedError = {
  code: 'E_DISK_FULL',
  message: 'the disk is full',
  evidence: 'sh: write error: No space left on device',
  fix: 'free some space on / and apply again',
};

/** An apply in which a step fails on one node. */
export const FAILED_RUN = stamp([
  started('apply'),
  ...read(),
  ...KERNEL_GO,
  ...TUNNEL_CHANGES.slice(0, -2),
  { type: 'step-failed', phase: 'tunnel', step: 'tunnel.step-1', node: 'ms-1', error: NO_SPACE },
  phaseEnded('tunnel', 'failed', 1),
  ended(7, 1, [{ ...NO_SPACE, node: 'ms-1', phase: 'tunnel', step: 'tunnel.step-1' }]),
]);

const REFUSED: ReportedError = {
  code: 'E_SSH_REFUSED',
  message: 'port 22 of 192.168.15.4 refuses connections',
  fix: 'see whether sshd runs there, and on which port',
};

/** An apply that can't reach one node. */
export const UNREACHABLE_RUN = stamp([
  started('apply'),
  ...read(NODES.slice(0, 3)),
  { type: 'node-connecting', node: 'wk-2' },
  { type: 'node-failed', node: 'wk-2', error: REFUSED },
  ended(4, 0, [{ ...REFUSED, node: 'wk-2' }]),
]);

/** An apply of only the last phase, which depends on the earlier ones. */
export const RELIED_RUN = stamp([
  { ...(started('apply') as Extract<RunEvent, { type: 'run-started' }>), phases: PHASES.slice(2) },
  ...read(),
  { type: 'relied-on', phase: 'kernel', gate: 'sysctl values', go: true, summary: '8 of 8', findings: [] },
  { type: 'relied-on', phase: 'tunnel', gate: 'handshake', go: true, summary: '12 of 12', findings: [] },
  { type: 'phase-started', phase: 'verify' },
  ...gate('verify', 'ping every pair', '12 of 12 pairs answer'),
  phaseEnded('verify', 'go', 0),
  ended(0, 0),
]);

/** An apply whose plan the user said no to. */
export const DECLINED_RUN = stamp([
  started('apply'),
  ...read(),
  planned('tunnel', 'wireguard wg0', 'ctb-edge-1', [ADD_PEER]),
  planned('tunnel', 'wireguard wg0', 'ms-1', [RESTART]),
  ended(0, 0),
]);

/** A plan with two changes, one of them felt. */
export const PLAN_RUN = stamp([
  started('plan'),
  ...read(),
  { type: 'phase-started', phase: 'tunnel' },
  planned('tunnel', 'wireguard wg0', 'ctb-edge-1', [ADD_PEER]),
  planned('tunnel', 'wireguard wg0', 'ms-1', [RESTART]),
  { type: 'phase-ended', phase: 'tunnel', outcome: 'planned', changes: 2 },
  ended(0, 2),
]);
