import type { RunContext } from '../context.js';
import type { Measured } from '../gates/judge.js';
import type { PhaseWork } from '../plan/work.js';
import type { PhaseNodes, PhaseOutcome } from './events.js';

export interface PhaseEnd {
  readonly outcome: PhaseOutcome;
  readonly changes: number;
  readonly nodes?: PhaseNodes | undefined;
}

export function emitPhase(context: RunContext, { name }: PhaseWork): void {
  context.emit({ type: 'phase-started', phase: name });
}

/** Whether nodes that the run was to bring about could not be reached. */
export const isPartial = ({ absent, chosen }: RunContext): boolean =>
  [...absent].some((node) => chosen.has(node));

export function emitEnd(
  context: RunContext,
  { name }: PhaseWork,
  { outcome, changes, nodes }: PhaseEnd,
): void {
  context.emit({
    type: 'phase-ended',
    phase: name,
    outcome: outcome === 'go' && isPartial(context) ? 'partial' : outcome,
    changes,
    ...(nodes === undefined ? {} : { nodes }),
  });
}

/** Says that a phase's gates are being measured, with all the time that they want. */
export function emitMeasuring(context: RunContext, { name, gates }: PhaseWork): void {
  for (const { gate } of gates) {
    context.emit({ type: 'gate-started', phase: name, gate: gate.id, name: gate.name });
  }
}

export function emitGate(context: RunContext, { work, go, unmeasured, summary, findings }: Measured): void {
  context.emit({
    type: 'gate-ended',
    phase: work.phase,
    gate: work.gate.id,
    name: work.gate.name,
    go,
    ...(unmeasured === undefined ? {} : { unmeasured }),
    summary,
    findings,
  });
}

export function emitRelied(context: RunContext, { work, go, summary, findings }: Measured): void {
  context.emit({ type: 'relied-on', phase: work.phase, gate: work.gate.name, go, summary, findings });
}
