import { execute } from '../../remote/execute.js';
import type { Connection } from '../../remote/transport.js';
import type { RunContext } from '../context.js';
import { mapSettled } from '../pool.js';

const GOODBYE_MS = 10_000;

/** Gives one node's lock back, over a new login where the connection is gone. */
async function release(context: RunContext, node: string): Promise<void> {
  const signal = AbortSignal.timeout(GOODBYE_MS);
  const say = async (connection: Connection | undefined): Promise<void> => {
    if (connection === undefined) throw new Error('it is not connected any more');
    const options = { node, deadlineMs: GOODBYE_MS, signal };
    const reply = (await execute(connection, [context.locks.releasing()], options)).get('guard.release');
    if (reply?.code !== 0) throw new Error(reply?.stderr.trim() || 'it refused');
    context.locks.released(node);
  };
  try {
    await say(context.connections.get(node)).catch(async () => {
      const target = context.inventory.nodes.find(({ name }) => name === node);
      if (target === undefined) throw new TypeError(`no node is called ${node}`);
      const connection = await context.transport.connect(target, signal, { fresh: true, retry: false });
      await say(connection).finally(() => connection.close());
    });
  } catch (error) {
    context.emit({ type: 'lock-left', node, reason: error instanceof Error ? error.message : String(error) });
  }
}

/**
 * Ends a run on its nodes: gives the locks back, but for those whose guard is still armed, so that the next run learns
 * what became of them; then disconnects.
 */
export async function leave(context: RunContext): Promise<void> {
  const locked = context.locks.held.filter((node) => !context.armedNodes.has(node));
  await mapSettled(locked, context.concurrency, (node) => release(context, node));
  await Promise.all([...context.connections.values()].map((connection) => connection.close()));
}
