import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { unreadable } from '../../core/errors.js';
import type { StampedEvent } from '../../runner/events/events.js';
import { journalFile } from '../../runner/journal/journal.js';
import { findRun } from '../runs/find.js';
import { eventsIn, eventsOfRun } from '../runs/read-events.js';
import type { Io } from '../terminal/io.js';

export interface ReadRun {
  readonly events: readonly StampedEvent[];
  /** Where they were. */
  readonly file: string;
}

const FIX = 'pass the standard output of `bridgehead … --json`, or a journal';

/**
 * The events of a run: of a file with what it printed with --json, of the run that is named like this, or of the newest run.
 * Throws if there is none, or if it is not a run from its start on.
 */
export function readRun(named: string | undefined, stateDir: string, io: Io): ReadRun {
  const path = named === undefined ? undefined : resolve(io.cwd, named);
  if (named !== undefined && path !== undefined && isFile(named, path)) {
    return { events: eventsIn(named, path, FIX), file: path };
  }
  const run = findRun(stateDir, named);
  return { events: eventsOfRun(stateDir, run), file: journalFile(stateDir, run) };
}

function isFile(file: string, path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch (error) {
    throw unreadable(file, error);
  }
}
