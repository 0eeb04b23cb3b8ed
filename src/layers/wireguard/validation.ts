import { count } from '../../core/text.js';
import { hostPort } from '../../model/address.js';
import { atlasOf } from '../../model/atlas.js';
import type { Inventory, Network } from '../../model/inventory.js';
import { hubOf } from '../../model/shape.js';
import type { Call, Description } from '../layer.js';
import { publicEndpoint } from './overlay/endpoint.js';
import { peersOf } from './overlay/peers.js';
import type { Endpoint, Peer } from './overlay/types.js';

/** For every ordered pair of every network: who connects to whom, and where. */
export function describeNetworks(inventory: Inventory): Description {
  const { networks } = inventory;
  return {
    sections: networks.map((network) => ({
      title: titleOf(network),
      head: HEAD,
      rows: rowsOf(inventory, network),
    })),
    calls: networks.flatMap((network) => callsOf(inventory, network)),
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

const HEAD = ['from -> to', 'endpoint', 'how', 'keepalive', 'for packets to (AllowedIPs)'];

/** An unmanaged peer has no place to be drawn at. */
const drawn = (inventory: Inventory, network: Network, node: string): readonly Peer[] =>
  peersOf(inventory, network, node).filter(({ unmanaged }) => unmanaged === undefined);

function callsOf(inventory: Inventory, network: Network): Call[] {
  const { name, relay } = network;
  const call = (from: string, to: string, { address, port, via, site }: Endpoint): Call => ({
    network: name,
    from,
    to,
    at: hostPort(address, port),
    via,
    ...(site !== undefined && { site }),
  });
  const ofNodes = network.members.flatMap(({ node: from }) =>
    drawn(inventory, network, from).flatMap(({ node: to, endpoint, keepalive, relays = [] }): Call[] => [
      ...(endpoint === undefined
        ? []
        : [{ ...call(from, to, endpoint), ...(keepalive !== undefined && { keepalive }) }]),
      ...(to === relay
        ? relays.map((other): Call => ({ network: name, from, to: other, at: to, via: 'relay' }))
        : []),
    ]),
  );
  const ofClients = network.clients.flatMap((client): Call[] => {
    const hub = hubOf(network, client.name);
    const endpoint = hub === undefined ? undefined : publicEndpoint(inventory, network, hub);
    return hub === undefined || endpoint === undefined ? [] : [call(client.name, hub, endpoint)];
  });
  return [...ofNodes, ...ofClients];
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
