import { groupsOf } from '../../core/groups.js';
import { callsOf } from '../../layers/index.js';
import type { Call } from '../../layers/layer.js';
import type { Inventory } from '../../model/inventory.js';

/** A tunnel between two nodes, or a client and its hub, as a drawing shows it. */
export interface Link {
  readonly network: string;
  /** Of the two, one that connects to the other. */
  readonly from: string;
  readonly to: string;
  /** Whether each connects to the other. */
  readonly both: boolean;
  /** Ports that a router forwards for it, such as `203.0.113.10:51821`. */
  readonly forwards: readonly string[];
}

/** The tunnels of all networks, each once. */
export function linksOf(inventory: Inventory): Link[] {
  const direct = callsOf(inventory).filter(({ via }) => via !== 'relay');
  const pairs = groupsOf(direct, ({ network, from, to }) => [network, ...[from, to].sort()].join('\n'));
  return pairs.flatMap(linkOf);
}

function linkOf(calls: readonly Call[]): Link[] {
  const [first] = calls;
  if (first === undefined) return [];
  const { network, from, to } = first;
  const forwards = calls.flatMap(({ via, at }) => (via === 'forward' ? [at] : []));
  return [{ network, from, to, both: calls.length > 1, forwards }];
}

/** The overlay addresses of a node or client, with the network's name if there are several. */
export function overlayAddresses({ networks }: Inventory, name: string): string[] {
  return networks.flatMap(({ name: network, members, clients }) => {
    const has = members.find(({ node }) => node === name) ?? clients.find((client) => client.name === name);
    return (has?.addresses ?? []).map((address) => (networks.length > 1 ? `${network} ${address}` : address));
  });
}
