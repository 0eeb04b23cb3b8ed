import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { writeFully } from '../../core/write-fully.js';
import type { EventSink } from '../events/events.js';
import { deleteRuns, journalFile, runFolder } from './journal.js';
import { outdated } from './outdated.js';

/** Journals that a new run leaves of commands that change nodes, and of plans and checks. */
const KEPT_RUNS = 50;

export interface Journal {
  readonly path: string;
  readonly write: EventSink;
  close(): void;
}

/**
 * Opens a run's journal, readable by its owner alone; each event is one JSON line, on disk when a phase ends that changed
 * something or wasn't GO. Old journals are deleted.
 *
 * @param isChanging Whether the run's command changes nodes.
 */
export function openJournal(stateDir: string, run: string, isChanging = false): Journal {
  const folder = runFolder(stateDir, run);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = journalFile(stateDir, run);
  const file = openSync(path, 'ax', 0o600);
  deleteRuns(stateDir, outdated(stateDir, KEPT_RUNS, { run, isChanging }).runs);
  let size = 0;
  return {
    path,
    write: (event) => {
      const line = Buffer.from(`${JSON.stringify(event)}\n`);
      try {
        writeFully(file, line);
      } catch (error) {
        // What follows a cut line would make the journal unreadable.
        ftruncateSync(file, size);
        throw error;
      }
      size += line.length;
      if (event.type === 'phase-ended' && (event.changes > 0 || event.outcome !== 'go')) fsyncSync(file);
    },
    close: () => closeSync(file),
  };
}
