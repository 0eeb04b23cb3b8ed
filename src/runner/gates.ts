import type { RunContext } from './context.js';
import { type Measured, measure } from './measure.js';
import type { PhaseWork } from './work.js';

/** Phases whose gates are measured one after the other; when all goes well, in one exec a node. */
export interface Series {
  readonly phases: readonly PhaseWork[];
  /** The first of them, where it has just been changed: its gates get all their patience at once. */
  readonly changed?: PhaseWork | undefined;
  /** The first look, where it was taken before. */
  readonly looked?: readonly Measured[] | undefined;
  /** Hears of a phase before its gates are measured with all their patience. */
  readonly measuring?: (phase: PhaseWork) => void;
  /** Hears what a phase's gates said in the end. */
  readonly measured: (phase: PhaseWork, measured: readonly Measured[]) => void;
}

export const isGo = (measured: readonly Measured[]): boolean => measured.every(({ go }) => go);

/**
 * Measures many phases: first all at once with little patience. A phase that isn't GO then is measured again with all
 * its patience; the first that still isn't ends the series, and is answered.
 */
export async function judgeSeries(context: RunContext, series: Series): Promise<PhaseWork | undefined> {
  const { phases, changed, looked } = series;
  if (changed) series.measuring?.(changed);
  const gates = phases.flatMap((phase) => phase.gates);
  const hurried = phases.filter((phase) => phase !== changed).flatMap((phase) => phase.gates);
  const first = looked ?? (await measure(context, { gates, hurried }));
  for (const phase of phases) {
    let measured = first.filter(({ work }) => phase.gates.includes(work));
    if (!isGo(measured) && phase !== changed) {
      series.measuring?.(phase);
      measured = await measure(context, { gates: phase.gates });
    }
    series.measured(phase, measured);
    if (!isGo(measured)) return phase;
  }
  return undefined;
}
