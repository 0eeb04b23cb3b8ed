import type { Node } from '../inventory/types.js';
import { NodeErrors, type RunContext } from './context.js';
import { mapSettled } from './pool.js';
import { reportError } from './report.js';

/** Connects to every node; tells of each, and rejects with NodeErrors when any could not be reached. */
export async function connectAll(context: RunContext, nodes: readonly Node[]): Promise<void> {
  const { transport, connections, emit, signal, concurrency } = context;
  const settled = await mapSettled(nodes, concurrency, async (node) => {
    const started = performance.now();
    emit({ type: 'node-connecting', node: node.name });
    try {
      connections.set(node.name, await transport.connect(node, signal));
      emit({ type: 'node-connected', node: node.name, ms: Math.round(performance.now() - started) });
    } catch (error) {
      emit({ type: 'node-failed', node: node.name, error: reportError(error, { node: node.name }) });
      throw error;
    }
  });
  const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0) throw new NodeErrors(errors);
}
