import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError, systemCode } from '../../core/errors.js';
import type { StampedEvent } from '../../runner/events/events.js';
import { journalFile } from '../../runner/journal/journal.js';
import { readRunEvents } from '../../runner/shards/report.js';
import { findRun } from '../runs/find.js';
import type { Io } from '../terminal/io.js';

export interface ReadRun {
  readonly events: readonly StampedEvent[];
  /** Where they were. */
  readonly file: string;
}

/**
 * The events of a run: of a file with what it printed with --json, of the run that is named like this, or of the newest run.
 * Throws if there is none, or if it is not a run from its start on.
 */
export function readRun(named: string | undefined, stateDir: string, io: Io): ReadRun {
  const path = named === undefined ? undefined : resolve(io.cwd, named);
  if (named !== undefined && path !== undefined && existsSync(path) && !statSync(path).isDirectory()) {
    return { events: eventsIn(named, path), file: path };
  }
  const journal = journalFile(stateDir, findRun(stateDir, named));
  return { events: eventsIn(journal, journal), file: journal };
}

/** Problems are reported of `file`, as the user calls it. */
function eventsIn(file: string, path: string): readonly StampedEvent[] {
  const reading = readRunEvents(file, textOf(file, path));
  if ('problems' in reading) throw new InputError(reading.problems);
  return reading.events;
}

function textOf(file: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new InputError([{ file, message: `cannot be read: ${code}` }]);
  }
}
