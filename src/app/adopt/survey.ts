import { BridgeheadError } from '../../core/errors.js';
import { rejections } from '../../core/settled.js';
import { type Adoption, adoptionOf, PeerNames, standingOf } from '../../layers/wireguard/adopt/adoption.js';
import { CANDIDATES, interfaceFor } from '../../layers/wireguard/adopt/candidates.js';
import { adoptionFacts, type SeenForAdoption } from '../../layers/wireguard/adopt/question.js';
import { foreignFix } from '../../layers/wireguard/ownership/verdict.js';
import { networksOf } from '../../model/atlas.js';
import type { Node } from '../../model/inventory.js';
import { ask } from '../../remote/execute.js';
import { connectAll } from '../../runner/connect.js';
import { connectionOf, NodeErrors, type RunContext } from '../../runner/context.js';
import { mapSettled } from '../../runner/pool.js';

/** What there is to take over, and why the rest isn't taken over. */
export interface Survey {
  readonly adoptions: readonly Adoption[];
  /** Those with nothing to take over: each network of a node, or a node without any. */
  readonly rest: readonly {
    readonly node: string;
    readonly network?: string;
    readonly standing: 'free' | 'ours' | 'no member';
  }[];
}

interface NodeReading {
  readonly node: Node;
  /** By the network's name. */
  readonly interfaces: ReadonlyMap<string, string>;
  readonly seen: ReadonlyMap<string, SeenForAdoption>;
}

async function readNode(context: RunContext, node: Node): Promise<NodeReading> {
  const connection = connectionOf(context, node.name);
  const { patience, signal, inventory } = context;
  const options = { node: node.name, deadlineMs: patience.program * 1000, signal };
  const found = await ask(connection, CANDIDATES, options);
  const interfaces = new Map(
    networksOf(inventory, node.name).flatMap((network): [string, string][] => {
      const name = interfaceFor(network, node.name, found);
      return name === undefined ? [] : [[network.name, name]];
    }),
  );
  const names = [...new Set(interfaces.values())];
  const seen = names.length === 0 ? new Map() : await ask(connection, adoptionFacts(names), options);
  return { node, interfaces, seen };
}

/** Reads what nodes have of the inventory's networks. Rejects with NodeErrors, with E_NOT_OURS for what can't be taken over. */
export async function survey(context: RunContext, nodes: readonly Node[]): Promise<Survey> {
  const { inventory } = context;
  await connectAll(context, { nodes });
  const settled = await mapSettled(nodes, context.concurrency, (node) => readNode(context, node));
  const failed: unknown[] = rejections(settled);
  if (failed.length > 0) throw new NodeErrors(failed);
  const readings = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const names = new PeerNames(inventory);
  const adoptions: Adoption[] = [];
  const rest: Survey['rest'][number][] = [];
  const errors: BridgeheadError[] = [];
  for (const { node, interfaces, seen } of readings) {
    const networks = networksOf(inventory, node.name);
    if (networks.length === 0) rest.push({ node: node.name, standing: 'no member' });
    for (const network of networks) {
      const name = interfaces.get(network.name);
      const own = name === undefined ? undefined : seen.get(name);
      const where = { inventory, network, node: node.name };
      const standing = standingOf(where, name, own);
      if (standing.kind === 'refused') {
        errors.push(
          new BridgeheadError('E_NOT_OURS', `${name} on ${node.name} can't be taken over`, {
            node: node.name,
            evidence: standing.seen,
            fix: foreignFix(network, node.name, standing.whose),
          }),
        );
      } else if (standing.kind === 'adoptable' && name !== undefined && own !== undefined) {
        adoptions.push(adoptionOf({ ...where, interface: name, seen: own }, names));
      } else {
        rest.push({
          node: node.name,
          network: network.name,
          standing: standing.kind === 'ours' ? 'ours' : 'free',
        });
      }
    }
  }
  if (errors.length > 0) throw new NodeErrors(errors);
  return { adoptions, rest };
}
