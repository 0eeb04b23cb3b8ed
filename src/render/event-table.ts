import type { RunEvent } from '../runner/events/events.js';

export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** What a reader makes of each type of event; a new type of event has to be answered in every reader. */
export type EventTable<R> = { readonly [T in RunEvent['type']]: (event: EventOf<T>) => R };

export function readEvent<R>(table: EventTable<R>, event: RunEvent): R {
  const read = table[event.type] as (event: RunEvent) => R;
  return read(event);
}
