import { createPaint } from '../../src/render/colour.js';
import { createRecord, type RunRecord, recordEvent } from '../../src/render/report/record.js';
import type { RunEvent } from '../../src/runner/events/events.js';

export const PLAIN = createPaint(false);

export function recordOf(events: readonly RunEvent[]): RunRecord {
  const record = createRecord();
  for (const event of events) recordEvent(record, event);
  return record;
}
