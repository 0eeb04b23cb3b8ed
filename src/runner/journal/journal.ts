import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BridgeheadError, InputError, systemCode, unreadable } from '../../core/errors.js';
import type { StampedEvent } from '../events/events.js';

const FILE = 'journal.jsonl';

/**
 * A name that sorts by time: `20261121-101500-3fa9c1`. It comes after those of all runs in the state folder, even if the clock
 * was ahead when these were made: the newest run is the one that decides what is resumed.
 */
export function newRunId(now: Date, random: string, stateDir?: string): string {
  const last = stateDir === undefined ? undefined : timeOf(runIds(stateDir).at(-1));
  const time = last === undefined || last < now.getTime() - SECOND ? now : new Date(last + SECOND);
  const stamp = time.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${random}`;
}

const SECOND = 1000;

/** When a run was made by its id, in ms; undefined if there is none, or if its id isn't a time. */
function timeOf(run: string | undefined): number | undefined {
  const time = Date.parse(
    run?.replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-.*$/, '$1-$2-$3T$4:$5:$6Z') ?? '',
  );
  return Number.isNaN(time) ? undefined : time;
}

/** The folder of all runs. */
export const runsFolder = (stateDir: string): string => join(stateDir, 'runs');

/** The folder of a run, which has its journal. */
export const runFolder = (stateDir: string, run: string): string => join(runsFolder(stateDir), run);

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
  for (const run of runs) rmSync(runFolder(stateDir, run), { recursive: true, force: true });
}

/** Where the journal of a run is. */
export const journalFile = (stateDir: string, run: string): string => join(runFolder(stateDir, run), FILE);

/** What to do with a damaged journal. */
export const damageFix = (run: string): string => `if nothing else uses it, delete the folder of run ${run}`;

/** The events of one run, of any version; a last line that a kill cut short is left out. Throws InputError. */
export function readJournal(stateDir: string, run: string): StampedEvent[] {
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
