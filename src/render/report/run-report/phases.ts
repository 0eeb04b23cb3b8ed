import type { StampedEvent } from '../../../runner/events/events.js';
import type { EventOf } from '../../event-table.js';
import { gatesByPhase } from './gates.js';
import { stepsByPhase } from './steps.js';
import type { PhaseReport } from './types.js';

/** The phases that were relied on, then those of the run with what came of each. */
export function phasesOf(
  started: EventOf<'run-started'>,
  events: readonly StampedEvent[],
): readonly PhaseReport[] {
  const [steps, gates] = [stepsByPhase(events), gatesByPhase(events)];
  const relied = new Set(events.flatMap((event) => (event.type === 'relied-on' ? [event.phase] : [])));
  const own = started.phases.map(({ name, description, gates: all }) => {
    const times = timesOf(name, events);
    const answered = gates.get(name) ?? [];
    const names = new Set(answered.map((gate) => gate.name));
    return {
      name,
      ...(description === undefined ? {} : { description }),
      ...times,
      steps: steps.get(name) ?? [],
      gates: answered,
      unmeasured: started.command === 'plan' ? [] : all.filter((gate) => !names.has(gate)),
    };
  });
  const earlier = [...relied].map(
    (name): PhaseReport => ({
      name,
      outcome: 'relied-on',
      steps: [],
      gates: gates.get(name) ?? [],
      unmeasured: [],
    }),
  );
  return [...earlier, ...own];
}

function timesOf(
  phase: string,
  events: readonly StampedEvent[],
): Pick<PhaseReport, 'outcome' | 'startedAt' | 'endedAt' | 'left'> {
  const begin = events.find((event) => event.type === 'phase-started' && event.phase === phase);
  const end = events.findLast((event) => event.type === 'phase-ended' && event.phase === phase);
  const at = begin === undefined ? {} : { startedAt: begin.at };
  if (end?.type !== 'phase-ended') {
    return { outcome: begin === undefined ? 'not-reached' : 'unfinished', ...at };
  }
  const left = end.nodes === undefined ? {} : { left: end.nodes };
  return { outcome: end.outcome, ...at, endedAt: end.at, ...left };
}
