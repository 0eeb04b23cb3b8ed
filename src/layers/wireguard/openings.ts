import type { Inventory, Network, Opening } from '../../model/inventory.js';
import { TRANSFER_PORTS } from './gates/shared/transfer-port.js';

/** What the members' tunnels need, and the gates that prove them. */
export function networkOpenings({ networks }: Inventory): Opening[] {
  return networks.flatMap((network) => network.members.flatMap(({ node }) => openingsOf(network, node)));
}

/** A peer's address may change at any moment, so the tunnel's port is open for anyone. */
function openingsOf({ name, port, interface: device, ranges }: Network, node: string): Opening[] {
  return [
    { node, protocol: 'udp', port, sources: 'anyone', because: `network ${name}` },
    {
      node,
      protocol: 'tcp',
      ...TRANSFER_PORTS,
      sources: ranges,
      interface: device,
      because: `gate transfer of network ${name}`,
    },
  ];
}
