import { BridgeheadError } from '../../core/errors.js';
import { atlasOf } from '../../model/atlas.js';
import type { Node } from '../../model/inventory.js';
import type { Transport, Way } from '../../remote/transport.js';
import type { RunContext } from '../context.js';
import { toReportedError } from '../events/report.js';
import { mapSettled } from '../pool.js';
import { type Carriers, carriersOf } from './carriers.js';
import { reachedThrough } from './group.js';

const known = new WeakMap<Transport, Promise<ReadonlyMap<string, Way>>>();
/** Nodes that a run has reported as not proven. */
const reported = new WeakMap<Transport, Set<string>>();

/** How each node of the inventory is connected to; one whose settings can’t be used to connect is left out. */
async function readWays(transport: Transport, nodes: readonly Node[]): Promise<ReadonlyMap<string, Way>> {
  const found = await Promise.all(
    nodes.map(async (node) => {
      const way = await transport.way?.(node).catch((error: unknown) => {
        if (error instanceof BridgeheadError) return undefined;
        throw error;
      });
      return [node.name, way] as const;
    }),
  );
  return new Map(found.flatMap(([name, way]) => (way === undefined ? [] : [[name, way] as const])));
}

/** Who is reached through whom, as the nodes are connected to and as they were last seen. */
export async function carriersNow({
  transport,
  inventory,
  observations,
}: Pick<RunContext, 'transport' | 'inventory' | 'observations'>): Promise<Carriers> {
  const ways = known.get(transport) ?? readWays(transport, inventory.nodes);
  known.set(transport, ways);
  return carriersOf({
    inventory,
    ways: await ways,
    seen: (node, network) => observations.addresses(node, network),
    former: observations.formerNetworks(),
  });
}

/**
 * Those of the nodes that can be logged into before anything is changed: of the others, a login after it would prove
 * nothing, which is reported once. Nodes that the run has no business with are connected to for this.
 */
async function reachableNow(context: RunContext, names: readonly string[]): Promise<string[]> {
  const { inventory, transport, signal, connections, absent } = context;
  const answers = await mapSettled(names, context.concurrency, async (name) => {
    const node = atlasOf(inventory).nodes.get(name);
    if (node === undefined || absent.has(name)) return false;
    if (connections.has(name)) return true;
    try {
      connections.set(name, await transport.connect(node, signal));
      return true;
    } catch (error) {
      if (signal.aborted || !(error instanceof BridgeheadError)) throw error;
      emitUnproven(context, name, error);
      return false;
    }
  });
  return names.filter((_, index) => {
    const answer = answers[index];
    if (answer?.status === 'rejected') throw answer.reason;
    return answer?.value;
  });
}

function emitUnproven({ emit, transport }: RunContext, node: string, error: BridgeheadError): void {
  const before = reported.get(transport) ?? new Set();
  reported.set(transport, before);
  if (before.has(node)) return;
  before.add(node);
  const message = `it is reached through a node that is changed, and did not answer before: nothing proves that it is not cut off. ${error.message}`;
  const details = { ...error.details, cause: error };
  emit({
    type: 'node-left-out',
    node,
    error: toReportedError(new BridgeheadError(error.code, message, details), { node }),
  });
}

/** Who is reached through these nodes, of those that can be reached now: they are to be reached afterwards as well. */
export async function carriersBehind(context: RunContext, changing: readonly string[]): Promise<Carriers> {
  if (context.inventory.nodes.length < 2 || !context.guard.enabled) return new Map();
  const carriers = await carriersNow(context);
  const behind = new Set(changing.flatMap((name) => reachedThrough(carriers, name)));
  const there = await reachableNow(context, [...behind]);
  return new Map([...carriers].filter(([name]) => there.includes(name)));
}
