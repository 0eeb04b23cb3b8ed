import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { EventSink, StampedEvent } from '../events/events.js';

const FILE = 'journal.jsonl';
const KEPT_RUNS = 50;

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

/** Run ids of a state folder, oldest first. */
function listRuns(stateDir: string): string[] {
  const folder = runsFolder(stateDir);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function pruneRuns(stateDir: string): void {
  for (const run of listRuns(stateDir).slice(0, -KEPT_RUNS)) {
    rmSync(join(runsFolder(stateDir), run), { recursive: true, force: true });
  }
}

/**
 * Opens a run's journal, readable by its owner alone; each event is one JSON line, on disk when a phase ends that changed
 * something or wasn't GO.
 */
export function openJournal(stateDir: string, run: string): Journal {
  const folder = join(runsFolder(stateDir), run);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  pruneRuns(stateDir);
  const path = join(folder, FILE);
  const file = openSync(path, 'ax', 0o600);
  return {
    path,
    write: (event) => {
      writeSync(file, `${JSON.stringify(event)}\n`);
      if (event.type === 'phase-ended' && (event.changes > 0 || event.outcome !== 'go')) fsyncSync(file);
    },
    close: () => closeSync(file),
  };
}

/** The events of one run; a last line that a kill cut short is left out. */
function readJournal(stateDir: string, run: string): StampedEvent[] {
  const path = join(runsFolder(stateDir), run, FILE);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as StampedEvent);
}

/** Journals of a state folder, newest first, read as they are asked for. */
export function* journals(stateDir: string): Generator<StampedEvent[]> {
  for (const run of listRuns(stateDir).reverse()) yield readJournal(stateDir, run);
}
