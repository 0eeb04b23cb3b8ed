import type { Inventory } from '../inventory/types.js';
import type { Playbook } from '../playbook/types.js';
import type { Transport } from '../remote/transport.js';
import type { Command, EventSink } from './events.js';

export interface RunRequest {
  readonly command: Command;
  readonly inventory: Inventory;
  readonly playbook: Playbook;
  /** Phase names; empty means all. Earlier phases that are not selected are relied on, and measured. */
  readonly phases: readonly string[];
  /** Node names; empty means all. The others are read, never changed. */
  readonly only: readonly string[];
  readonly transport: Transport;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
  /** Nodes worked on at once. */
  readonly concurrency: number;
  /** Asked once, after every `step-planned` event and before the first change; false ends the run untouched. */
  readonly confirm?: () => Promise<boolean>;
}

export interface RunOutcome {
  readonly exit: number;
}

/** Runs the selected phases: probe, plan, apply, gates; halts on the first STOP. Tells everything through `emit`. */
export async function run(_request: RunRequest): Promise<RunOutcome> {
  throw new Error('not built yet');
}
