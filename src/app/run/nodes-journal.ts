import type { Inventory } from '../../model/inventory.js';
import type { Command } from '../../runner/events/commands.js';
import type { Ending } from '../../runner/events/ending.js';
import type { AnnouncedPhase, ReportedError, RunEvent, StampedEvent } from '../../runner/events/events.js';
import { plainStart } from '../../runner/events/start-event.js';
import { readVersion } from '../version.js';
import { safeEvent } from './event-readers.js';
import { journalIn, type RunJournal } from './journal.js';

export interface NodesJournalRequest {
  readonly command: Command;
  /** Run id. */
  readonly run: string;
  readonly stateDir: string;
  readonly inventory: Inventory;
  /** Names of those that may be changed. */
  readonly nodes: readonly string[];
}

/**
 * The journal of a command without a playbook. What it is about is only known once its nodes were read: events from before
 * that are kept back until then.
 */
export class NodesJournal {
  readonly #request: NodesJournalRequest;
  readonly #journal: RunJournal;
  readonly #started = new Date();
  readonly #errors: ReportedError[] = [];
  #early: StampedEvent[] | undefined = [];
  #changes = 0;

  /** Throws E_USAGE when the state folder can't be created. */
  constructor(request: NodesJournalRequest) {
    this.#request = request;
    this.#journal = journalIn(request.stateDir);
  }

  /** Takes events as readers get them, without secrets. */
  write(event: StampedEvent): void {
    if (event.type === 'phase-ended') this.#changes += event.changes;
    if (event.type === 'step-failed') this.#errors.push(event.error);
    if (this.#early === undefined) this.#journal.write(event);
    else this.#early.push(event);
  }

  begin(phases: readonly AnnouncedPhase[]): void {
    if (this.#early === undefined) throw new TypeError('the run has begun already');
    const { command, inventory, nodes } = this.#request;
    const start = plainStart({ command, inventory, version: readVersion(), nodes, phases });
    this.#journal.write(this.#stamp(start, this.#started));
    for (const event of this.#early) this.#journal.write(event);
    this.#early = undefined;
  }

  /** A command that was refused before it knew what to do, such as one with nothing to undo, leaves no journal. */
  end({ exit, errors }: Ending): void {
    const isRefused = errors.length > 0 && errors.every(({ code }) => code === 'E_USAGE');
    if (this.#early !== undefined) {
      if (isRefused) return;
      this.begin([]);
    }
    const ended = {
      type: 'run-ended',
      exit,
      changes: this.#changes,
      errors: errors.length > 0 ? errors : this.#errors,
      ms: Date.now() - this.#started.getTime(),
    } as const;
    this.write(this.#stamp(ended, new Date()));
  }

  close(): void {
    this.#journal.close();
  }

  #stamp(event: RunEvent, at: Date): StampedEvent {
    return safeEvent({ ...event, run: this.#request.run, at: at.toISOString() });
  }
}
