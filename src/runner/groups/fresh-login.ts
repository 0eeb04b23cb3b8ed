import { BridgeheadError } from '../../core/errors.js';
import { atlasOf } from '../../model/atlas.js';
import type { Connection } from '../../remote/transport.js';
import type { RunContext } from '../context.js';

/** When each node was last logged into, and when the run last changed anything: a login from before proves nothing. */
export class Logins {
  readonly #began = new Map<string, number>();
  #changedAt = 0;

  /** Something was changed, on any node: it may be what others are reached through. */
  changed(): void {
    this.#changedAt = performance.now();
  }

  /** `began`: when the login was begun, by `performance.now()`. */
  made(node: string, began: number): void {
    this.#began.set(node, began);
  }

  isStale(node: string): boolean {
    return (this.#began.get(node) ?? 0) < this.#changedAt;
  }
}

type Login = Pick<RunContext, 'inventory' | 'transport' | 'signal'>;

/** A login that owes nothing to what was open before. */
export async function connectFresh(
  { inventory, transport, signal }: Login,
  node: string,
): Promise<Connection> {
  const target = atlasOf(inventory).nodes.get(node);
  if (target === undefined) throw new TypeError(`the inventory has no node ${node}`);
  return transport.connect(target, signal, { fresh: true, retry: false });
}

/**
 * Uses this connection from now on. The old one is not waited for: it may be one that never ends.
 *
 * @param began When the login was begun, by `performance.now()`.
 */
export function replaceConnection(
  { connections, logins }: Pick<RunContext, 'connections' | 'logins'>,
  node: string,
  { connection, began }: { readonly connection: Connection; readonly began: number },
): void {
  const old = connections.get(node);
  connections.set(node, connection);
  logins.made(node, began);
  if (old !== connection) void old?.close();
}

/** Logs into a node afresh, once, and uses that connection from now on. */
export async function logInAfresh(
  context: Login & Pick<RunContext, 'connections' | 'logins'>,
  node: string,
): Promise<Connection> {
  const began = performance.now();
  const connection = await connectFresh(context, node);
  replaceConnection(context, node, { connection, began });
  return connection;
}

export interface LoginAttempts {
  /** By `performance.now()`; there is one attempt at least. */
  readonly until: number;
  /** Hears why the first one failed. */
  readonly waiting?: (reason: unknown) => void;
}

/** The same, again and again until it works or the time is up; rejects with what went wrong last. */
export async function keepLoggingIn(
  context: RunContext,
  node: string,
  { until, waiting }: LoginAttempts,
): Promise<Connection> {
  const pause = context.patience.retry * 1000;
  for (let tries = 1; ; tries += 1) {
    try {
      return await logInAfresh(context, node);
    } catch (error) {
      if (context.signal.aborted || !(error instanceof BridgeheadError)) throw error;
      if (tries === 1) waiting?.(error);
      if (performance.now() + pause > until) throw error;
      await context.pause(pause);
    }
  }
}
