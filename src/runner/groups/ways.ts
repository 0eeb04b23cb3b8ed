import { BridgeheadError } from '../../errors.js';
import type { Node } from '../../inventory/types.js';
import type { Transport, Way } from '../../remote/transport.js';
import type { RunContext } from '../context.js';
import { type Carriers, carriersOf } from './carriers.js';
import { reachedThrough } from './group.js';

/** Milliseconds in which a node that the run has no business with has to answer. */
const GRACE_MS = 5000;

const known = new WeakMap<Transport, Promise<ReadonlyMap<string, Way>>>();

/** How each node of the inventory is dialled; one whose settings can't be dialled by is left out. */
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

/** Who is reached through whom, as the nodes are dialled and as they were last seen. */
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
 * nothing. Nodes that the run has no business with are connected to for this.
 */
async function reachableNow(
  { inventory, transport, signal, connections, absent }: RunContext,
  names: readonly string[],
): Promise<string[]> {
  const answers = await Promise.all(
    names.map(async (name) => {
      const node = inventory.nodes.find((one) => one.name === name);
      if (node === undefined || absent.has(name)) return false;
      if (connections.has(name)) return true;
      const until = AbortSignal.any([signal, AbortSignal.timeout(GRACE_MS)]);
      const connection = await transport.connect(node, until, { retry: false }).catch((error: unknown) => {
        if (error instanceof BridgeheadError && !signal.aborted) return undefined;
        throw error;
      });
      if (connection !== undefined) connections.set(name, connection);
      return connection !== undefined;
    }),
  );
  return names.filter((_, index) => answers[index]);
}

/** Who is reached through these nodes, of those that can be reached now: they are to be reached afterwards as well. */
export async function carriersBehind(context: RunContext, changing: readonly string[]): Promise<Carriers> {
  if (context.inventory.nodes.length < 2 || !context.guard.enabled) return new Map();
  const carriers = await carriersNow(context);
  const behind = new Set(changing.flatMap((name) => reachedThrough(carriers, name)));
  const there = await reachableNow(context, [...behind]);
  return new Map([...carriers].filter(([name]) => there.includes(name)));
}
