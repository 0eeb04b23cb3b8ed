import type { EventSink, RunEvent } from '../../runner/events/events.js';
import { clean } from '../clean.js';
import type { EventOf } from '../event-table.js';
import { duration } from '../text.js';

/** Whom a run waits for, and how long at most: `waiting up to 60 s for run X of ann@laptop (pid 7), since …: it holds a, b`. */
export function waitingText({
  nodes,
  holder,
  seconds,
}: Pick<EventOf<'lock-waiting'>, 'nodes' | 'holder' | 'seconds'>): string {
  return `waiting up to ${seconds} s for ${holder}: it holds ${nodes.join(', ')}`;
}

/** What follows once nobody holds the nodes. */
export function waitedText({ nodes, ms }: Pick<EventOf<'lock-waited'>, 'nodes' | 'ms'>): string {
  return `${nodes.join(', ')} released after ${duration(ms)}; reading the nodes again`;
}

/** What an event says about waiting for locks; undefined for any other. */
function lockText(event: RunEvent): string | undefined {
  if (event.type === 'lock-waiting') return waitingText(event);
  return event.type === 'lock-waited' ? waitedText(event) : undefined;
}

/** Writes a line for each event about waiting for locks. */
export const lockLines =
  (out: { write(text: string): unknown }): EventSink =>
  (event) => {
    const text = lockText(event);
    if (text !== undefined) out.write(`${clean(text)}\n`);
  };
