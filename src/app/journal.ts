import { mkdirSync } from 'node:fs';
import { BridgeheadError } from '../core/errors.js';
import type { EventSink } from '../runner/events/events.js';
import { type Journal, journals, openJournal } from '../runner/journal/journal.js';
import { resumePoint } from '../runner/journal/resume.js';
import type { Shard } from '../runner/shards/shard.js';
import type { Loaded } from './load.js';
import { phasesFrom } from './select.js';

export interface RunJournal {
  readonly write: EventSink;
  /** Known from the first event on. */
  readonly path: () => string | undefined;
  readonly close: () => void;
}

/** A journal that opens with the run's first event. Throws E_USAGE when the state folder can't be created. */
export function journalIn(stateDir: string): RunJournal {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new BridgeheadError('E_USAGE', `the state folder ${stateDir} cannot be created`, {
      evidence: cause instanceof Error ? cause.message : String(cause),
      fix: 'choose another with --state-dir',
      cause,
    });
  }
  let journal: Journal | undefined;
  return {
    write: (event) => {
      journal ??= openJournal(stateDir, event.run);
      journal.write(event);
    },
    path: () => journal?.path,
    close: () => journal?.close(),
  };
}

/** What `--resume` runs: the phases from the first that was not GO on, and why. No phases: all were GO. */
export function resumed(
  stateDir: string,
  { inventory, playbook }: Loaded,
  shard?: Shard,
): { phases: readonly string[]; why: string } {
  const names = playbook.phases.map(({ name }) => name);
  const { phase, run } = resumePoint(journals(stateDir), { inventoryFile: inventory.file, playbook, shard });
  if (run === undefined)
    return { phases: names, why: 'no earlier apply in the journal: starting at the first phase' };
  if (phase === undefined) return { phases: [], why: `every phase was GO in run ${run}: nothing to resume` };
  return { phases: phasesFrom(phase, names), why: `resuming run ${run} from ${phase}` };
}
