import { hostRoute } from '../../../model/address.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import { clientsOf, isHub } from '../../../model/shape.js';
import type { Passage } from '../../host/forwarding/firewalls/passage.js';
import { reachOf } from './reach.js';

/** Everything that a node forwards in a network, except answers; `[]` if it forwards nothing. */
export function passagesOf(inventory: Inventory, network: Network, node: string): Passage[] {
  const within = isHub(network, node) || network.relay === node;
  const advertised = network.advertises.filter((one) => one.node === node);
  return [
    ...(within ? [{ fromTunnel: true, toTunnel: true }] : []),
    ...advertised.flatMap(({ subnets, nat }) =>
      subnets.flatMap((subnet): Passage[] => [
        { fromTunnel: true, toTunnel: false, to: subnet },
        ...(nat === 'none' ? [{ fromTunnel: false, toTunnel: true, from: subnet }] : []),
      ]),
    ),
    ...internetClients(inventory, network, node).map((from) => ({ fromTunnel: true, toTunnel: false, from })),
  ];
}

/** Addresses and ranges, as CIDR, of a hub's own clients and unmanaged peers that go out to the internet behind it. */
export function internetClients(inventory: Inventory, network: Network, hub: string): string[] {
  const clients = clientsOf(network, hub)
    .filter(({ name }) => reachOf(inventory, network, name).internet)
    .flatMap(({ addresses }) => addresses.map(hostRoute));
  const unmanaged = network.unmanaged.filter(
    ({ on }) => isHub(network, hub) && network.internet && on.includes(hub),
  );
  return [...clients, ...unmanaged.flatMap(({ allowedIps }) => allowedIps)];
}
