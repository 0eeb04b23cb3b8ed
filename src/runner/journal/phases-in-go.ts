import type { StampedEvent } from '../events/events.js';

/** Names of the phases that a run ended with GO. */
export const phasesInGo = (events: readonly StampedEvent[]): ReadonlySet<string> =>
  new Set(
    events.flatMap((event) => (event.type === 'phase-ended' && event.outcome === 'go' ? [event.phase] : [])),
  );
