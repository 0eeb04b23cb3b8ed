import { networksOf } from '../../model/atlas.js';
import type { Inventory } from '../../model/inventory.js';
import { forwardsPackets, isGateway, isHub } from '../../model/shape.js';
import { command } from '../../remote/quote.js';

/** Nodes write their peers' keys into their configs: all members of the selected nodes' networks. */
export function peersOfChosen({ networks }: Inventory, chosen: ReadonlySet<string>): string[] {
  return networks
    .filter(({ members }) => members.some(({ node }) => chosen.has(node)))
    .flatMap(({ members }) => members.map(({ node }) => node));
}

/** Whether a node forwards packets in some network. */
export function isCarrier(inventory: Inventory, node: string): boolean {
  return inventory.networks.some(
    (network) =>
      isHub(network, node) || isGateway(network, node) || forwardsPackets(inventory, network, node),
  );
}

/** sh conditions: the interfaces of a node's networks are there. */
export function interfacesUp(inventory: Inventory, node: string): string[] {
  return networksOf(inventory, node).map((network) =>
    command('test', '-e', `/sys/class/net/${network.interface}`),
  );
}
