import { ask } from '../../remote/execute.js';
import type { Connection } from '../../remote/transport.js';
import type { RunContext } from '../context.js';
import { connectFresh } from '../groups/fresh-login.js';
import { mapSettled } from '../pool.js';

const GOODBYE_MS = 10_000;

/** Over a new login if the connection is gone. */
async function releaseNode(context: RunContext, node: string): Promise<void> {
  const signal = AbortSignal.timeout(GOODBYE_MS);
  const release = async (connection: Connection | undefined): Promise<void> => {
    if (connection === undefined) throw new Error('it is no longer connected');
    const options = { node, deadlineMs: GOODBYE_MS, signal };
    const outcome = await ask(connection, context.locks.releasing(), options);
    if (outcome.kind === 'refused') throw new Error(outcome.reason);
    context.locks.released(node);
  };
  try {
    await release(context.connections.get(node)).catch(async () => {
      const connection = await connectFresh({ ...context, signal }, node);
      await release(connection).finally(() => connection.close());
    });
  } catch (error) {
    context.emit({ type: 'lock-left', node, reason: error instanceof Error ? error.message : String(error) });
  }
}

/** Releases the locks, but for those of nodes whose guard is still armed. */
export async function releaseOwnLocks(context: RunContext): Promise<void> {
  const locked = context.locks.held.filter((node) => !context.armedNodes.has(node));
  await mapSettled(locked, context.concurrency, (node) => releaseNode(context, node));
}

/**
 * Ends a run on its nodes: releases the locks, but for those whose guard is still armed, so that the next run learns
 * what became of them; then disconnects.
 */
export async function releaseAll(context: RunContext): Promise<void> {
  await releaseOwnLocks(context);
  await Promise.all([...context.connections.values()].map((connection) => connection.close()));
}
