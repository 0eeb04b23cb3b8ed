import { isMember } from '../../../model/atlas.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import { forwardsPackets, isGateway, isHub } from '../../../model/shape.js';
import type { SelectorWord } from '../../layer.js';

/** A word for the nodes with a role in some network. */
const part = (
  word: string,
  meaning: string,
  has: (inventory: Inventory, network: Network, node: string) => boolean,
  nobody?: string,
): SelectorWord => ({
  word,
  meaning,
  selects: (inventory, node) => inventory.networks.some((network) => has(inventory, network, node)),
  ...(nobody === undefined ? {} : { nobody }),
});

export const SELECTORS: readonly SelectorWord[] = [
  part('members', 'the nodes of all networks', (_inventory, network, node) => isMember(network, node)),
  part('hub', 'the hubs', (_inventory, network, node) => isHub(network, node), 'no network has shape: hub'),
  part(
    'gateway',
    'the gateways',
    (_inventory, network, node) => isGateway(network, node),
    'no member advertises a LAN',
  ),
  part('forwarding', 'the nodes that forward packets for others', forwardsPackets),
];
