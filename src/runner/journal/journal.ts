import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { BridgeheadError, InputError, systemCode, unreadable } from '../../core/errors.js';
import type { EventSink, StampedEvent } from '../events/events.js';

const FILE = 'journal.jsonl';
/** Journals that a new run leaves, its own included. */
export const KEPT_RUNS = 50;

export interface Journal {
  readonly path: string;
  readonly write: EventSink;
  close(): void;
}

/** A name that sorts by time: `20261121-101500-3fa9c1`. */
export function newRunId(now: Date, random: string): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${random}`;
}

const runsFolder = (stateDir: string): string => join(stateDir, 'runs');

/** What `newRunId` makes: anything else in the folder is not a run's. */
const RUN_ID = /^\d{8}-\d{6}-[0-9a-z]+$/;

/** Ids of the runs of a state folder, oldest first. */
export function runIds(stateDir: string): string[] {
  return namesIn(runsFolder(stateDir))
    .filter((name) => RUN_ID.test(name))
    .sort();
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'ENOENT') return [];
    if (code === undefined) throw cause;
    throw new BridgeheadError('E_USAGE', `the journals in ${folder} cannot be read: ${code}`, {
      fix: 'name the state folder that the runs used with --state-dir, as the user who made them',
      cause,
    });
  }
}

/** Deletes the journals of these runs. */
export function deleteRuns(stateDir: string, runs: readonly string[]): void {
  for (const run of runs) rmSync(join(runsFolder(stateDir), run), { recursive: true, force: true });
}

/**
 * Opens a run's journal, readable by its owner alone; each event is one JSON line, on disk when a phase ends that changed
 * something or wasn't GO.
 */
export function openJournal(stateDir: string, run: string): Journal {
  const folder = join(runsFolder(stateDir), run);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, FILE);
  const file = openSync(path, 'ax', 0o600);
  const others = runIds(stateDir).filter((other) => other !== run);
  deleteRuns(stateDir, others.slice(0, 1 - KEPT_RUNS));
  return {
    path,
    write: (event) => {
      writeSync(file, `${JSON.stringify(event)}\n`);
      if (event.type === 'phase-ended' && (event.changes > 0 || event.outcome !== 'go')) fsyncSync(file);
    },
    close: () => closeSync(file),
  };
}

/** Where the journal of a run is. */
export const journalFile = (stateDir: string, run: string): string => join(runsFolder(stateDir), run, FILE);

/** What to do with a damaged journal. */
export const damageFix = (run: string): string => `if nothing else uses it, delete the folder of run ${run}`;

/** The events of one run, of any version; a last line that a kill cut short is left out. Throws InputError. */
function readJournal(stateDir: string, run: string): StampedEvent[] {
  const file = journalFile(stateDir, run);
  const lines = textOf(file).split('\n').slice(0, -1);
  return lines.map((line, index) => {
    const event = parsed(line);
    if (event !== undefined) return event;
    throw new InputError([{ file, line: index + 1, message: 'not an event of a run', fix: damageFix(run) }]);
  });
}

/** Empty if there is none. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw unreadable(file, error);
  }
}

function parsed(line: string): StampedEvent | undefined {
  try {
    const event = JSON.parse(line);
    return typeof event?.type === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}

/** Journals of a state folder, newest first, read as they are asked for. */
export function* journals(stateDir: string): Generator<StampedEvent[]> {
  for (const run of runIds(stateDir).reverse()) yield readJournal(stateDir, run);
}
