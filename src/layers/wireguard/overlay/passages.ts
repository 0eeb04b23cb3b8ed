import { hostRoute } from '../../../model/address.js';
import type { Inventory, Network, Service } from '../../../model/inventory.js';
import { clientsOf, isHub } from '../../../model/shape.js';
import { reachOf } from './reach.js';

/** Packets that a node forwards for others, in a firewall's terms: the side of the tunnel, and CIDR if there is one. */
export interface Passage {
  /** Whether they come out of the tunnel; otherwise from the node's LAN. */
  readonly fromTunnel: boolean;
  /** Whether they go into the tunnel; otherwise to the LAN or the internet. */
  readonly toTunnel: boolean;
  readonly from?: string;
  readonly to?: string;
  /** The one port of `to` that is meant; without it, all are. */
  readonly service?: Service;
  /** The tunnel's interface, if the rules are marked by another name. */
  readonly tunnel?: string;
}

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
