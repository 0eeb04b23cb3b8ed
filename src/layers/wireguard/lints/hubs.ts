import type { Inventory, Network } from '../../../model/inventory.js';
import { clientsOf, hubOf } from '../../../model/shape.js';
import type { Lint } from '../../lint.js';
import { publicEndpoint } from '../overlay/endpoint.js';
import { canMeet } from '../overlay/peers.js';
import { missingWay, wayIn } from './missing-way.js';

/** Spokes and clients that can't connect to their hub, and hubs that can't connect to each other. */
export function lintHubs(inventory: Inventory, network: Network): Lint[] {
  const pairs = [...hubPairs(network), ...spokePairs(network)];
  const apart = pairs.filter(([a, b]) => !canMeet(inventory, network, a, b));
  return [
    ...apart.map(([a, b]) => missingWay(inventory, network, a, b, otherHub(inventory, network, a, b))),
    ...network.hubs.flatMap((hub) => uncallable(inventory, network, hub)),
  ];
}

/** Unordered pairs, the later hub first. */
function hubPairs({ hubs }: Network): [string, string][] {
  return hubs.flatMap((a, i) => hubs.slice(0, i).map((b): [string, string] => [a, b]));
}

/** Spoke and hub. */
function spokePairs(network: Network): [string, string][] {
  return network.members.flatMap(({ node }): [string, string][] => {
    const hub = hubOf(network, node);
    return hub === undefined ? [] : [[node, hub]];
  });
}

function otherHub(inventory: Inventory, network: Network, spoke: string, hub: string): string[] {
  if (hubOf(network, spoke) === undefined) return [];
  const other = network.hubs.find((one) => one !== hub && canMeet(inventory, network, spoke, one));
  return other === undefined ? [] : [`set networks.${network.name}.hubOf.${spoke}: ${other}`];
}

/** A client connects from anywhere, so its hub must be reachable from the internet. */
function uncallable(inventory: Inventory, network: Network, hub: string): Lint[] {
  if (publicEndpoint(inventory, network, hub)) return [];
  const way = wayIn(inventory, network, hub);
  const other = network.hubs.find((one) => publicEndpoint(inventory, network, one));
  return clientsOf(network, hub).map(({ name }) => {
    const ways = way.possible ? [way.text] : [`give ${hub} a public address`];
    if (other !== undefined) ways.push(`set networks.${network.name}.hubOf.${name}: ${other}`);
    const why = way.possible ? '' : ` (${way.text})`;
    return {
      severity: 'error',
      path: ['networks', network.name, 'clients', name],
      message: `${name} can't connect to its hub ${hub} from the internet${why}`,
      fix: ways.join(', or '),
    };
  });
}
