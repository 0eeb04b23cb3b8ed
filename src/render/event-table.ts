import type { RunEvent } from '../runner/events/events.js';

export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** What a renderer does for each type of event; every renderer must handle a new type. */
export type EventTable<R> = { readonly [T in RunEvent['type']]: (event: EventOf<T>) => R };

export function readEvent<R>(table: EventTable<R>, event: RunEvent): R {
  const read = table[event.type] as (event: RunEvent) => R;
  return read(event);
}
