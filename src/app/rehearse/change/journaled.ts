import { clean } from '../../../render/clean.js';
import { createRecord, type RunRecord, recordEvent } from '../../../render/report/record.js';
import { changedIn } from '../../../runner/journal/changed.js';
import { runIds } from '../../../runner/journal/journal.js';
import { eventsOfRun } from '../../runs/read-events.js';

/** What the journal of a run says. */
export interface Journaled {
  readonly run: string;
  readonly record: RunRecord;
  /** The nodes that each phase has begun to change, except where its guard reverted everything. */
  readonly changed: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads the journal of one run. Throws InputError. */
export function readJournaled(stateDir: string, run: string): Journaled {
  const events = eventsOfRun(stateDir, run).map((event) => clean(event));
  const record = createRecord();
  for (const event of events) recordEvent(record, event);
  return { run, record, changed: changedIn(events) };
}

/** All of a state folder, newest first, read as they are asked for. */
export function* journaledRuns(stateDir: string): Generator<Journaled> {
  for (const run of runIds(stateDir).reverse()) yield readJournaled(stateDir, run);
}
