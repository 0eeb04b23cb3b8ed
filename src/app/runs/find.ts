import { BridgeheadError, InputError } from '../../core/errors.js';
import { didYouMean } from '../../document/nearest.js';
import { clean } from '../../render/clean.js';
import { createRecord, type RunRecord, recordEvent } from '../../render/report/record.js';
import type { ListedRun } from '../../render/runs/list.js';
import { runIds } from '../../runner/journal/journal.js';
import { eventsOfRun } from './read-events.js';

/**
 * The id of the run that is named by its id or by the beginning or end of it; the newest without a name. Throws E_USAGE
 * if there is no such run, or more than one.
 */
export function findRun(stateDir: string, named: string | undefined): string {
  const known = runIds(stateDir);
  const newest = known.at(-1);
  if (newest === undefined) {
    throw new BridgeheadError('E_USAGE', `no run has a journal in ${stateDir}`, {
      fix: 'plan, check and every command that changes nodes write one; pass the state folder that they used with --state-dir',
    });
  }
  if (named === undefined) return newest;
  if (known.includes(named)) return named;
  const found = known.filter((id) => id.startsWith(named) || id.endsWith(named));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) {
    throw new BridgeheadError('E_USAGE', `${found.length} runs are named like ${clean(named)}`, {
      fix: `name one of ${found.join(', ')}`,
    });
  }
  const guess = didYouMean(named, known);
  throw new BridgeheadError('E_USAGE', `no run named ${JSON.stringify(clean(named))} has a journal`, {
    fix: `${guess === undefined ? '' : `${guess} `}\`bridgehead runs list\` shows the runs`,
  });
}

/** All runs, newest first; without a record if the journal can't be read. */
export function listRecords(stateDir: string): ListedRun[] {
  return runIds(stateDir)
    .reverse()
    .map((run) => {
      try {
        return { run, record: readRecord(stateDir, run) };
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        return { run };
      }
    });
}

/** What a run has reported, from its journal. Throws InputError. */
export function readRecord(stateDir: string, run: string): RunRecord {
  const record = createRecord();
  for (const event of eventsOfRun(stateDir, run)) recordEvent(record, clean(event));
  return record;
}
