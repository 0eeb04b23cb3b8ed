import type { Connection } from '../remote/transport.js';
import type { RunEvent } from './events.js';
import type { Observations } from './observations.js';

/** What the stages of a run hand to each other. */
export interface RunContext {
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  readonly concurrency: number;
  /** By node name; every node that the run reads, changes or measures. */
  readonly connections: ReadonlyMap<string, Connection>;
  readonly observations: Observations;
  /** Nodes that may be changed; findings about others don't count. */
  readonly chosen: ReadonlySet<string>;
  /** Letters and digits, unique to the run. */
  readonly token: string;
}

/** Errors of several nodes at once: each is told, none hides another. */
export class NodeErrors extends Error {
  constructor(readonly errors: readonly unknown[]) {
    super('several nodes failed');
  }
}

export function connectionOf(context: RunContext, node: string): Connection {
  const connection = context.connections.get(node);
  if (!connection) throw new TypeError(`no connection to ${node}`);
  return connection;
}
