import type { Inventory } from '../inventory/types.js';
import type { RunContext } from './context.js';
import { FIRST_LOOK_SECONDS } from './first-look.js';
import { type Measured, measure } from './measure.js';
import type { GateWork, PhaseWork } from './work.js';

export type Tell = (measured: Measured) => void;

export interface PhaseVerdict {
  readonly phase: PhaseWork;
  readonly go: boolean;
}

const isGo = (measured: readonly Measured[]): boolean => measured.every(({ go }) => go);

/** Measures one phase's gates with all their patience and tells each. */
export async function judgePhase(
  context: RunContext,
  inventory: Inventory,
  phase: PhaseWork,
): Promise<boolean> {
  for (const { gate } of phase.gates) {
    context.emit({ type: 'gate-started', phase: phase.name, gate: gate.id, name: gate.name });
  }
  const measured = await measure(context, { inventory, gates: phase.gates });
  for (const one of measured) tellGate(context, one);
  return isGo(measured);
}

export function tellGate(context: RunContext, { work, go, summary, findings }: Measured): void {
  context.emit({
    type: 'gate-ended',
    phase: work.phase,
    gate: work.gate.id,
    name: work.gate.name,
    go,
    summary,
    findings,
  });
}

/**
 * Measures many phases: first all at once with little patience, in one exec a node. A phase that isn't GO then is
 * measured again with all its patience; the first that still isn't ends the series. `looked`: the first look, where it was
 * taken along with the probes.
 */
export async function judgePhases(
  context: RunContext,
  inventory: Inventory,
  phases: readonly PhaseWork[],
  tell: (phase: PhaseWork, measured: readonly Measured[]) => void,
  looked?: readonly Measured[],
): Promise<boolean> {
  const gates: GateWork[] = phases.flatMap((phase) => phase.gates);
  const firstLook = looked ?? (await measure(context, { inventory, gates, patienceCap: FIRST_LOOK_SECONDS }));
  for (const phase of phases) {
    let measured = firstLook.filter(({ work }) => phase.gates.includes(work));
    if (!isGo(measured)) measured = await measure(context, { inventory, gates: phase.gates });
    tell(phase, measured);
    if (!isGo(measured)) return false;
  }
  return true;
}
