import { endpointFor } from '../../layers/wireguard/overlay/endpoint.js';
import { directPairs } from '../../layers/wireguard/overlay/peers.js';
import type { Inventory, Network } from '../../model/inventory.js';

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
  return inventory.networks.flatMap((network) => [
    ...directPairs(inventory, network)
      .filter(({ from, to }) => from < to)
      .flatMap(({ from, to }) => linkOf(inventory, network, from, to)),
    ...network.clients.flatMap(({ name }) => {
      const to = network.hubOf[name];
      return to === undefined ? [] : [{ network: network.name, from: name, to, both: false, forwards: [] }];
    }),
  ]);
}

function linkOf(inventory: Inventory, network: Network, a: string, b: string): Link[] {
  const [there, back] = [endpointFor(inventory, network, a, b), endpointFor(inventory, network, b, a)];
  if (there === undefined && back === undefined) return [];
  const forwards = [there, back].flatMap((one) =>
    one?.via === 'forward' ? [`${one.address}:${one.port}`] : [],
  );
  const [from, to] = there === undefined ? [b, a] : [a, b];
  return [{ network: network.name, from, to, both: there !== undefined && back !== undefined, forwards }];
}

/** The overlay addresses of a node or client, with the network's name if there are several. */
export function overlayAddresses({ networks }: Inventory, name: string): string[] {
  return networks.flatMap(({ name: network, members, clients }) => {
    const has = members.find(({ node }) => node === name) ?? clients.find((client) => client.name === name);
    return (has?.addresses ?? []).map((address) => (networks.length > 1 ? `${network} ${address}` : address));
  });
}
