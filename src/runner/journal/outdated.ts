import { closeSync, openSync, readSync } from 'node:fs';
import { EXIT, InputError, systemCode, unreadable } from '../../core/errors.js';
import { isChanging, isMeasuring } from '../events/commands.js';
import type { StampedEvent } from '../events/events.js';
import { undoneIn } from '../undo/labels.js';
import { changedIn } from './changed.js';
import { journalFile, readJournal, runIds } from './journal.js';
import { phasesInGo } from './phases-in-go.js';

type Started = Extract<StampedEvent, { type: 'run-started' }>;

/** A run that has just begun. */
export interface NewRun {
  readonly run: string;
  readonly isChanging: boolean;
}

export interface Outdated {
  /** Ids of the runs whose journals can go, oldest first. */
  readonly runs: readonly string[];
  /** Of those that would be too many, what each inventory was last brought to and what changed nodes after that, oldest first: these stay. */
  readonly spared: readonly string[];
}

/**
 * Which journals need not be kept: all but the newest `keep` of commands that change nodes and the newest `keep` of plans and
 * checks, and for each inventory, the newest run that changed nodes, ended in GO and wasn't undone, and the newest that has changed
 * nodes since, without which it would seem to be what they still have. Throws InputError if a journal can't be
 * read; a damaged one counts as one that says nothing.
 *
 * @param besides Counts, and is kept.
 */
export function outdated(stateDir: string, keep: number, besides?: NewRun): Outdated {
  const newestFirst = runIds(stateDir)
    .filter((run) => run !== besides?.run)
    .reverse();
  const room = (changing: boolean): number => (besides?.isChanging === changing ? keep - 1 : keep);
  if (newestFirst.length < keep) return { runs: [], spared: [] };
  const starts = new Map(newestFirst.map((run) => [run, startOf(stateDir, run)]));
  const changes = (run: string): boolean => isChangingRun(starts.get(run));
  const [changing, reading] = [newestFirst.filter(changes), newestFirst.filter((run) => !changes(run))];
  const excess = [...changing.slice(room(true)), ...reading.slice(room(false))].sort();
  const last = lastGo(stateDir, { starts, excess });
  return {
    runs: excess.filter((run) => !last.has(run)),
    spared: excess.filter((run) => last.has(run)),
  };
}

const isChangingRun = (started: Started | undefined): started is Started =>
  started !== undefined && isChanging(started.command);

interface Candidates {
  /** Newest first. */
  readonly starts: ReadonlyMap<string, Started | undefined>;
  readonly excess: readonly string[];
}

/** For each inventory with a run in excess, the newest run that brought its nodes to it, and the newest that changed any. */
function lastGo(stateDir: string, { starts, excess }: Candidates): Set<string> {
  const keyOf = ({ inventory }: Started): string => `${inventory.name}\n${inventory.file}`;
  const wanted = new Set(
    excess.flatMap((run) => {
      const started = starts.get(run);
      return isChangingRun(started) ? [keyOf(started)] : [];
    }),
  );
  const undone = new Set<string>();
  const found = new Set<string>();
  const changed = new Set<string>();
  for (const [run, started] of starts) {
    if (wanted.size === 0) break;
    if (!isChangingRun(started) || !wanted.has(keyOf(started))) continue;
    const events = soundEvents(stateDir, run);
    if (started.command === 'undo' && endedInGo(events)) {
      for (const { name } of started.phases) undone.add(undoneIn(name));
    }
    if (!changed.has(keyOf(started)) && started.command !== 'unlock' && changedIn(events).size > 0) {
      changed.add(keyOf(started));
      found.add(run);
    }
    if (undone.has(run) || !broughtAbout(started, events)) continue;
    found.add(run);
    wanted.delete(keyOf(started));
  }
  return found;
}

const endedInGo = (events: readonly StampedEvent[]): boolean =>
  events.some((event) => event.type === 'run-ended' && event.exit === EXIT.go);

/** An adoption brings nothing about that its inventory says. */
function broughtAbout({ command, phases }: Started, events: readonly StampedEvent[]): boolean {
  const went = phasesInGo(events);
  const isApplied = isMeasuring(command) && command !== 'adopt';
  return isApplied && endedInGo(events) && phases.every(({ name }) => went.has(name));
}

/** None of a damaged journal. */
function soundEvents(stateDir: string, run: string): readonly StampedEvent[] {
  try {
    return readJournal(stateDir, run);
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

const CHUNK = 8 * 1024;

/** The first event of a run; undefined if its journal does not begin with that. */
function startOf(stateDir: string, run: string): Started | undefined {
  try {
    const event = JSON.parse(firstLine(journalFile(stateDir, run)));
    return event?.type === 'run-started' ? event : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Empty if there is no file. */
function firstLine(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw unreadable(path, error);
  }
  try {
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.alloc(CHUNK);
      const length = readSync(file, chunk);
      const end = chunk.subarray(0, length).indexOf('\n');
      chunks.push(chunk.subarray(0, end < 0 ? length : end));
      if (end >= 0 || length === 0) return Buffer.concat(chunks).toString('utf8');
    }
  } finally {
    closeSync(file);
  }
}
