import { BridgeheadError } from '../core/errors.js';
import { rejections } from '../core/settled.js';
import type { Node } from '../model/inventory.js';
import type { Connection } from '../remote/transport.js';
import { NodeErrors, type RunContext } from './context.js';
import { toReportedError } from './events/report.js';
import { explainUnreached } from './groups/unreached.js';
import { mapSettled } from './pool.js';

/** Milliseconds that a node which is only read is waited for once all that matter have been called. */
const GRACE_MS = 5000;

export interface ConnectRequest {
  readonly nodes: readonly Node[];
  /** Whether the run goes on without a node; it can't, unless given. */
  readonly canMiss?: (node: string) => boolean;
  /** Whether it gets all its time to be connected; else it gets little more than the others took. All are, unless given. */
  readonly isWanted?: (node: string) => boolean;
}

/**
 * Connects to every node and reports each. Nodes that could not be reached and can be missed are noted as absent; rejects
 * with NodeErrors if one can't be missed, or none is left that matters.
 */
export async function connectAll(context: RunContext, request: ConnectRequest): Promise<void> {
  const { nodes, canMiss = () => false, isWanted = () => true } = request;
  const { emit, signal, concurrency, absent } = context;
  const wanted = new Set(nodes.filter(({ name }) => isWanted(name)).map(({ name }) => name));
  const hurry = new AbortController();
  const missed: BridgeheadError[] = [];
  let timer: NodeJS.Timeout | undefined;
  const settled = await mapSettled(nodes, concurrency, async (node) => {
    const started = performance.now();
    emit({ type: 'node-connecting', node: node.name });
    try {
      const isHurried = !wanted.has(node.name);
      const until = isHurried ? AbortSignal.any([signal, hurry.signal]) : signal;
      if (isHurried && wanted.size === 0) timer ??= setTimeout(() => hurry.abort(), GRACE_MS);
      const connection = await connect(context, node, until);
      context.connections.set(node.name, connection);
      emit({ type: 'node-connected', node: node.name, ms: Math.round(performance.now() - started) });
    } catch (cause) {
      const error = signal.aborted ? cause : await explainUnreached(context, node.name, cause);
      const reported = toReportedError(error, { node: node.name });
      if (!signal.aborted && error instanceof BridgeheadError && canMiss(node.name)) {
        absent.add(node.name);
        if (isWanted(node.name)) missed.push(error);
        emit({ type: 'node-left-out', node: node.name, error: reported });
        return;
      }
      emit({ type: 'node-failed', node: node.name, error: reported });
      throw error;
    } finally {
      if (wanted.delete(node.name) && wanted.size === 0) timer ??= setTimeout(() => hurry.abort(), GRACE_MS);
    }
  });
  clearTimeout(timer);
  const failed = rejections(settled);
  const isAnyLeft = nodes.some(({ name }) => isWanted(name) && !absent.has(name));
  const errors = isAnyLeft ? failed : [...failed, ...missed];
  if (errors.length > 0) throw new NodeErrors(errors);
}

async function connect(context: RunContext, node: Node, signal: AbortSignal): Promise<Connection> {
  try {
    return await context.transport.connect(node, signal);
  } catch (error) {
    const isHurried = signal.aborted && !context.signal.aborted;
    if (!isHurried || !(error instanceof BridgeheadError) || error.code !== 'E_INTERRUPTED') throw error;
    throw new BridgeheadError('E_SSH_TIMEOUT', `${node.name} did not answer within ${GRACE_MS / 1000} s`, {
      node: node.name,
      fix: `check that ${node.name} is up and reachable; it is only read here, so the run continues without it`,
      cause: error,
    });
  }
}
