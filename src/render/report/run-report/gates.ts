import type { Finding } from '../../../layers/gate.js';
import type { StampedEvent } from '../../../runner/events/events.js';
import type { GateReport } from './types.js';

interface Answered {
  readonly phase: string;
  readonly name: string;
  readonly go: boolean;
  readonly unmeasured?: boolean;
  readonly summary: string;
  readonly findings: readonly Finding[];
}

/** The last answer of each gate, by phase, in the order in which they first answered. */
export function gatesByPhase(events: readonly StampedEvent[]): Map<string, GateReport[]> {
  const phases = new Map<string, Map<string, GateReport>>();
  const started = new Map<string, string>();
  const add = (answered: Answered, id: string, ms?: number) => {
    const gates = phases.get(answered.phase) ?? new Map<string, GateReport>();
    phases.set(answered.phase, gates.set(id, reportOf(answered, ms)));
  };
  for (const event of events) {
    if (event.type === 'gate-started') started.set(`${event.phase} ${event.gate}`, event.at);
    else if (event.type === 'relied-on') add({ ...event, name: event.gate }, event.gate);
    else if (event.type === 'gate-ended') {
      const begin = started.get(`${event.phase} ${event.gate}`);
      add(event, event.gate, begin === undefined ? undefined : Date.parse(event.at) - Date.parse(begin));
    }
  }
  return new Map([...phases].map(([phase, gates]) => [phase, [...gates.values()]]));
}

function reportOf({ name, go, unmeasured, summary, findings }: Answered, ms?: number): GateReport {
  const answer = unmeasured === true ? 'unmeasured' : go ? 'GO' : 'STOP';
  return { name, answer, summary, findings, ...(ms === undefined ? {} : { ms }) };
}
