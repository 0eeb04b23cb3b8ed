import { BridgeheadError } from '../../core/errors.js';
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
export async function connectFresh(context: Login, node: string): Promise<Connection> {
  const target = context.inventory.nodes.find(({ name }) => name === node);
  if (target === undefined) throw new TypeError(`no node is called ${node}`);
  return context.transport.connect(target, context.signal, { fresh: true, retry: false });
}

/** The old connection is not waited for: it may be one that never ends. */
export function replaceConnection(
  { connections, logins }: Pick<RunContext, 'connections' | 'logins'>,
  node: string,
  { connection, began }: FreshLogin,
): void {
  const old = connections.get(node);
  connections.set(node, connection);
  logins.made(node, began);
  if (old !== connection) void old?.close();
}

export interface FreshLogin {
  readonly connection: Connection;
  /** By `performance.now()`. */
  readonly began: number;
}

export interface LoginAttempts {
  /** By `performance.now()`; there is one attempt at least. */
  readonly until: number;
  /** Seconds between two. */
  readonly retry: number;
  /** Hears why the first one failed. */
  readonly waiting?: (reason: unknown) => void;
}

/** Logs in anew, again and again until it works or the time is up; rejects with what went wrong last. */
export async function logInAnew(
  context: Login & Pick<RunContext, 'pause'>,
  node: string,
  { until, retry, waiting }: LoginAttempts,
): Promise<FreshLogin> {
  for (let tries = 1; ; tries += 1) {
    const began = performance.now();
    try {
      return { connection: await connectFresh(context, node), began };
    } catch (error) {
      if (context.signal.aborted || !(error instanceof BridgeheadError)) throw error;
      if (performance.now() + retry * 1000 > until) throw error;
      if (tries === 1) waiting?.(error);
      await context.pause(retry * 1000);
    }
  }
}
