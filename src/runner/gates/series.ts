import type { RunContext } from '../context.js';
import type { GateWork, PhaseWork } from '../plan/work.js';
import type { Measured } from './judge.js';
import { measure } from './measure.js';

/** Phases whose gates are measured one after the other; when all goes well, in one exec a node. */
export interface Series {
  readonly phases: readonly PhaseWork[];
  /** The first of them, if it has just been changed: its gates get all their patience at once. */
  readonly changed?: PhaseWork | undefined;
  /** The first look, if it was taken before; it may lack some of the gates. */
  readonly looked?: readonly Measured[] | undefined;
  /** The run has changed nothing so far. */
  readonly unchanged: boolean;
  /** Whether each node's lock is released with the first program that it gets. */
  readonly releasing?: boolean | undefined;
  /** Hears of a phase before its gates are measured with all their patience. */
  readonly measuring?: (phase: PhaseWork) => void;
  /** Hears what a phase's gates said in the end. */
  readonly measured: (phase: PhaseWork, measured: readonly Measured[]) => void;
}

export const isGo = (measured: readonly Measured[]): boolean =>
  measured.every(({ go, unmeasured }) => go || unmeasured === true);

/**
 * Measures many phases: first all at once with little patience. Of a phase that isn't GO then, the gates that aren't are
 * measured again with all their patience; the first phase that still isn't ends the series, and is answered.
 */
export async function judgeSeries(context: RunContext, series: Series): Promise<PhaseWork | undefined> {
  const { phases, changed, looked, unchanged, releasing } = series;
  if (changed) series.measuring?.(changed);
  const gates = phases.flatMap((phase) => phase.gates);
  const hurried = phases.filter((phase) => phase !== changed).flatMap((phase) => phase.gates);
  const first = looked ?? (await measure(context, { gates, hurried, unchanged, releasing }));
  for (const phase of phases) {
    let measured = phase.gates.flatMap((gate) => first.find(({ work }) => work === gate) ?? []);
    const isSettled = (gate: GateWork): boolean => measured.some(({ work, go }) => work === gate && go);
    const open = phase.gates.filter((gate) => !isSettled(gate));
    if (open.length > 0 && phase !== changed) {
      series.measuring?.(phase);
      const again = await measure(context, { gates: open, unchanged, releasing, before: measured });
      const all = [...again, ...measured];
      measured = phase.gates.flatMap((gate) => all.find(({ work }) => work === gate) ?? []);
    }
    series.measured(phase, measured);
    if (!isGo(measured)) return phase;
  }
  return undefined;
}
