import { membersOf } from '../../model/atlas.js';
import type { Inventory, Network } from '../../model/inventory.js';
import { isGateway, isHub } from '../../model/shape.js';
import { command } from '../../remote/quote.js';
import type { Where } from '../layer.js';
import type { TemplateValues } from '../template.js';
import { forwardsPackets } from './overlay/peers.js';

const networksOf = ({ networks }: Inventory, node: string): readonly Network[] =>
  networks.filter((network) => membersOf(network).has(node));

/** Nodes write their peers' keys down: all members of the networks of those chosen. */
export function peersOfChosen({ networks }: Inventory, chosen: ReadonlySet<string>): string[] {
  return networks
    .filter(({ members }) => members.some(({ node }) => chosen.has(node)))
    .flatMap(({ members }) => members.map(({ node }) => node));
}

/** Whether a node passes packets on in some network. */
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

/** `network.*` of the first network of the node. */
export function networkValues({ node, networks: [network] }: Where): TemplateValues {
  const member = network && membersOf(network).get(node.name);
  return new Map([
    ['network.name', network?.name],
    ['network.interface', network?.interface],
    ['network.range', network?.ranges[0]],
    ['network.address', member?.addresses[0]],
    ['network.port', network && String(network.port)],
    ['network.mtu', network && String(network.mtu)],
  ]);
}
