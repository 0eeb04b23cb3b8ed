import { readFileSync } from 'node:fs';
import { InputError, unreadable } from '../../core/errors.js';
import type { StampedEvent } from '../../runner/events/events.js';
import { damageFix, journalFile } from '../../runner/journal/journal.js';
import { readRunEvents } from '../../runner/shards/report.js';

/** The events in the journal of a run. Throws InputError if it can't be read, or has lines that aren't events of this version. */
export function eventsOfRun(stateDir: string, run: string): readonly StampedEvent[] {
  const file = journalFile(stateDir, run);
  return eventsIn(file, file, damageFix(run));
}

/** The events of a run in a file. Problems are reported of `file`, as the user calls it. Throws InputError. */
export function eventsIn(file: string, path: string, fix: string): readonly StampedEvent[] {
  const reading = readRunEvents(file, textOf(file, path), fix);
  if ('problems' in reading) throw new InputError(reading.problems);
  return reading.events;
}

function textOf(file: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}
