import { mkdirSync } from 'node:fs';
import { BridgeheadError, messageOf, systemCode } from '../../core/errors.js';
import { isChanging } from '../../runner/events/commands.js';
import type { EventSink } from '../../runner/events/events.js';
import { type Given, keepGiven } from '../../runner/journal/given.js';
import { journals } from '../../runner/journal/journal.js';
import { type Journal, openJournal } from '../../runner/journal/open-journal.js';
import { type Decider, resumePoint } from '../../runner/journal/resume.js';
import { nodesOfShard, type Shard } from '../../runner/shards/shard.js';
import type { Loaded } from '../load.js';
import { phasesFrom } from '../select.js';

export interface RunJournal {
  readonly write: EventSink;
  /** Known from the first event on. */
  readonly path: () => string | undefined;
  readonly close: () => void;
}

/** What is made of the state folder. Throws E_USAGE if the system refuses it. */
function made<T>({ what, fix }: { readonly what: string; readonly fix: string }, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (systemCode(cause) === undefined) throw cause;
    throw new BridgeheadError('E_USAGE', what, { evidence: messageOf(cause), fix, cause });
  }
}

/**
 * A journal that opens with the run's first event, and keeps what the run was given, if it was. Throws E_USAGE if the state folder
 * can't be created or written.
 */
export function journalIn(stateDir: string, given?: Given): RunJournal {
  made(
    { what: `the state folder ${stateDir} cannot be created`, fix: 'choose another with --state-dir' },
    () => mkdirSync(stateDir, { recursive: true, mode: 0o700 }),
  );
  let journal: Journal | undefined;
  return {
    write: (event) => {
      if (journal === undefined) {
        const isKept = event.type === 'run-started' && isChanging(event.command);
        const what = `the state folder ${stateDir} cannot be written`;
        const fix = 'make it and all in it your own, or choose another with --state-dir';
        journal = made({ what, fix }, () => {
          const opened = openJournal(stateDir, event.run, isKept);
          if (given !== undefined) keepGiven(stateDir, event.run, given);
          return opened;
        });
      }
      journal.write(event);
    },
    path: () => journal?.path,
    close: () => journal?.close(),
  };
}

/** What `--resume` runs: the phases from the first on that was not GO, or was undone, and why. No phases: all are GO. */
export function resumed(
  stateDir: string,
  { inventory, playbook }: Pick<Loaded, 'inventory' | 'playbook'>,
  { only, shard }: { readonly only: readonly string[]; readonly shard?: Shard | undefined },
): { phases: readonly string[]; why: string } {
  const names = playbook.phases.map(({ name }) => name);
  const all = inventory.nodes.map(({ name }) => name);
  const chosen = only.length === 0 ? all : only;
  const { phase, by, proved } = resumePoint(journals(stateDir), {
    inventoryFile: inventory.file,
    playbook,
    nodes: shard === undefined ? chosen : nodesOfShard(inventory, shard),
    shard,
  });
  if (phase === undefined) {
    const runs = `${proved.length === 1 ? 'run' : 'runs'} ${proved.join(', ')}`;
    return { phases: [], why: `every phase was GO in ${runs}: nothing to resume` };
  }
  return { phases: phasesFrom(phase, names), why: whyFrom(phase, by, names) };
}

function whyFrom(phase: string, by: Decider | undefined, [first]: readonly string[]): string {
  if (by?.undone !== undefined) return `run ${by.undone} was undone: resuming from ${phase}`;
  if (by !== undefined) return `resuming run ${by.run} from ${phase}`;
  return phase === first
    ? 'no earlier apply in the journal for all of these nodes: starting at the first phase'
    : `no earlier run was about ${phase} on all of these nodes: resuming from ${phase}`;
}
