import { count } from '../../core/text.js';
import { hostPort } from '../../model/address.js';
import { atlasOf } from '../../model/atlas.js';
import type { Inventory, Network } from '../../model/inventory.js';
import type { Description } from '../layer.js';
import { peersOf } from './overlay/peers.js';
import type { Peer } from './overlay/types.js';

/** For every ordered pair of every network: who connects to whom, and where. */
export function describeNetworks(inventory: Inventory): Description {
  const { networks } = inventory;
  return {
    sections: networks.map((network) => ({ title: titleOf(network), rows: rowsOf(inventory, network) })),
    json: {
      networks: networks.map((network) => ({
        ...network,
        members: network.members.map((member) => ({
          ...member,
          peers: peersOf(inventory, network, member.node),
        })),
      })),
    },
    count: count(networks.length, 'network'),
  };
}

function titleOf({ name, interface: device, ranges, shape, port, mtu }: Network): string {
  return `network ${name}  ${device}  ${ranges.join(', ')}  ${shape}  port ${port}  mtu ${mtu}`;
}

function rowsOf(inventory: Inventory, network: Network): string[][] {
  return network.members.flatMap(({ node }) =>
    peersOf(inventory, network, node).map((peer) => [
      `${node} -> ${peer.node}`,
      ...endpointCells(peer, atlasOf(inventory).nodes.get(peer.node)?.site ?? '-'),
    ]),
  );
}

function endpointCells({ endpoint, keepalive, allowedIps }: Peer, site: string): string[] {
  const via = { lan: `on the LAN of ${site}`, public: 'public', forward: `forwarded by ${site}` } as const;
  const called =
    endpoint === undefined
      ? ['-', 'waits for a connection']
      : [hostPort(endpoint.address, endpoint.port), via[endpoint.via]];
  return [...called, keepalive === undefined ? '' : `keepalive ${keepalive} s`, allowedIps.join(', ')];
}
