import type { Holder } from '../guard/index.js';
import type { RunSecrets } from '../layers/pair-secrets.js';
import type { Inventory } from '../model/inventory.js';
import type { Connection, Transport } from '../remote/transport.js';
import type { Visitors } from '../visitor/visitor.js';
import type { RunEvent } from './events/events.js';
import type { Logins } from './groups/fresh-login.js';
import type { Locks } from './locks/locks.js';
import type { Programs } from './parcels/send.js';
import type { Patience } from './patience.js';
import type { Observations } from './plan/observations.js';
import type { Counts } from './plan/scope.js';
import type { BootNotes } from './round/boot-notes.js';
import type { NodeGuard } from './round/node-guard.js';
import type { Shard } from './shards/shard.js';

/** How changes that could cut SSH are made. */
export interface GuardPolicy {
  /** False takes the risk: nothing is armed, though what was there is still kept for an undo. */
  readonly enabled: boolean;
  /** Seconds that a node waits for the confirmation before it undoes a phase by itself. */
  readonly seconds: number;
}

/** What the stages of a run hand to each other. */
export interface RunContext {
  /** Run id. */
  readonly run: string;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  readonly concurrency: number;
  /** What to run once an error is fixed: a command in backquotes, or `the command again`. */
  readonly again: string;
  readonly inventory: Inventory;
  readonly transport: Transport;
  /** How gates measure from outside the nodes. */
  readonly visitors: Visitors;
  /** By node name; every node that the run reads, changes or measures. A newer connection replaces an older one. */
  readonly connections: Map<string, Connection>;
  readonly logins: Logins;
  readonly observations: Observations;
  /** Keys that pairs of nodes are given in this run. */
  readonly secrets: RunSecrets;
  /** Nodes that may be changed. */
  readonly chosen: ReadonlySet<string>;
  /** Whether a finding is this run's to judge. */
  readonly counts: Counts;
  /** Nodes that could not be reached, and are left out; known once all have been called. */
  readonly absent: Set<string>;
  readonly shard: Shard | undefined;
  /** Letters and digits, unique to the run. */
  readonly token: string;
  /** What this run's locks say of it. */
  readonly holder: Holder;
  readonly locks: Locks;
  /** Called once nodes are this run's, and read. `waited`: another run held one of them before. */
  afterLock(waited: boolean): Promise<void>;
  readonly guard: GuardPolicy;
  /** Nodes whose guard waits for a confirmation. */
  readonly armedNodes: Set<string>;
  /** What confirmed rounds have left for the next boot, unproven. */
  readonly bootNotes: BootNotes;
  readonly patience: Patience;
  readonly programs: Programs;
  /** Builds and reads what is sent to a node's own guard. */
  readonly nodeGuard: NodeGuard;
  /** Waits; rejects with E_INTERRUPTED when the run is interrupted. */
  pause(ms: number): Promise<void>;
}

/** Errors of several nodes at once: each is reported, none hides another. */
export class NodeErrors extends Error {
  constructor(readonly errors: readonly unknown[]) {
    super('several nodes failed');
  }
}

export function connectionOf(context: Pick<RunContext, 'connections'>, node: string): Connection {
  const connection = context.connections.get(node);
  if (!connection) throw new TypeError(`no connection to ${node}`);
  return connection;
}
