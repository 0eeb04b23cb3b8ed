import { withoutSecrets } from '../../remote/redact.js';
import { mapTexts } from '../../render/clean.js';
import type { EventSink, StampedEvent } from '../../runner/events/events.js';

/** An event without what looks like a secret. */
export const safeEvent = (event: StampedEvent): StampedEvent => mapTexts(event, withoutSecrets);

/** Passes each event, without what looks like a secret, to all that write of it. */
export function toReaders(...readers: readonly EventSink[]): EventSink {
  return (event) => {
    const safe = safeEvent(event);
    for (const read of readers) read(safe);
  };
}
