import type { Finding } from '../../../src/layers/gate.js';
import type { PhaseOutcome, RunEvent, StampedEvent } from '../../../src/runner/events/events.js';

type Started = Extract<RunEvent, { type: 'run-started' }>;
type Ended = Extract<RunEvent, { type: 'run-ended' }>;

/** A phase's beginning, or its end where an outcome is given. */
export function phase(name: string, outcome?: PhaseOutcome, changes = 0): RunEvent {
  if (outcome === undefined) return { type: 'phase-started', phase: name };
  return { type: 'phase-ended', phase: name, outcome, changes };
}

export function gate(inPhase: string, name: string, findings: readonly Finding[]): RunEvent {
  const go = findings.every((finding) => finding.go);
  return { type: 'gate-ended', phase: inPhase, gate: name, name, go, summary: '', findings };
}

export function end(exit: number, changes = 0): Ended {
  return { type: 'run-ended', exit, changes, errors: [], ms: 1000 };
}

/** One of two shards of an apply with the phases that it comes to; it begins a tenth of a second after the one before it. */
export function shardRun(
  index: number,
  nodes: readonly string[],
  events: readonly RunEvent[],
  over: Partial<Started> = {},
): StampedEvent[] {
  const gates = events.flatMap((event) => (event.type === 'gate-ended' ? [event] : []));
  const names = [...new Set(['one', ...gates.map((event) => event.phase)])];
  const started: Started = {
    type: 'run-started',
    command: 'apply',
    inventory: { file: '/net/home.yaml', name: 'home', digest: 'i'.repeat(64) },
    playbook: { file: '/net/mesh.yaml', name: 'mesh', digest: 'p'.repeat(64) },
    nodes,
    shard: { index, of: 2, total: 2 },
    phases: names.map((name) => ({
      name,
      steps: [`step ${index}`],
      gates: gates.filter((event) => event.phase === name).map((event) => event.name),
    })),
    ...over,
  };
  const begin = Date.UTC(2026, 0, 1, 12) + index * 100;
  const all = [started, ...events];
  return all.map((event, at) => ({
    ...event,
    run: `run-${index}`,
    at: new Date(begin + (at === 0 ? 0 : at === all.length - 1 ? 1200 : 600)).toISOString(),
  }));
}

export const textOf = (events: readonly object[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');
