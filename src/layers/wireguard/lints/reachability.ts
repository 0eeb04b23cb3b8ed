import { familyOf } from '../../../model/address.js';
import { membersOf } from '../../../model/atlas.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { canMeet } from '../overlay/peers.js';
import { lintHubs } from './hubs.js';
import { missingWay } from './missing-way.js';

/** Pairs that are listed per network; the rest are counted. */
const MOST_PAIRS = 20;

/** Pairs that can't connect, each with the forward that is missing. */
export function lintReachability(inventory: Inventory): Lint[] {
  return inventory.networks.flatMap((network) => {
    if (network.shape === 'hub') return lintHubs(inventory, network);
    const apart = pairsApart(inventory, network);
    if (network.relay !== undefined) return relayApart(inventory, network, network.relay, apart);
    const listed = apart
      .slice(0, MOST_PAIRS)
      .map(([a, b]) => missingWay(inventory, network, a, b, [relayHint(inventory, network, a, b)]));
    const more = apart.length - listed.length;
    if (more > 0) {
      const path = ['networks', network.name, 'addresses'];
      listed.push({ severity: 'error', path, message: `${more} more pairs can't connect`, fix: 'as above' });
    }
    return listed;
  });
}

/** Unordered pairs, the later member first: its forward is usually what was forgotten. */
function pairsApart(inventory: Inventory, network: Network): [string, string][] {
  const names = network.members.map(({ node }) => node);
  return names.flatMap((a, i) =>
    names
      .slice(0, i)
      .filter((b) => !canMeet(inventory, network, a, b))
      .map((b): [string, string] => [a, b]),
  );
}

function relayApart(
  inventory: Inventory,
  network: Network,
  relay: string,
  apart: readonly (readonly [string, string])[],
): Lint[] {
  const needing = new Set(apart.flat());
  needing.delete(relay);
  const path = ['networks', network.name, 'relay'];
  return [...needing].flatMap((node): Lint[] => {
    if (canMeet(inventory, network, node, relay)) return familyLacking(network, node, relay);
    const { message, fix } = missingWay(inventory, network, node, relay, [
      relayHint(inventory, network, node, relay),
    ]);
    return [
      { severity: 'error', path, message: `${message}, and ${relay} is the relay`, ...(fix && { fix }) },
    ];
  });
}

/** A relay can't forward packets of a family that it lacks. */
function familyLacking(network: Network, node: string, relay: string): Lint[] {
  const families = (name: string) => new Set(membersOf(network).get(name)?.addresses.map(familyOf));
  const has = families(relay);
  return [...families(node)]
    .filter((family) => !has.has(family))
    .map((family) => ({
      severity: 'error',
      path: ['networks', network.name, 'addresses', relay],
      message: `${node} has an IPv${family} address, and the relay ${relay} has none`,
      fix: `give ${relay} an IPv${family} address in the network`,
    }));
}

function relayHint(inventory: Inventory, network: Network, a: string, b: string): string {
  const meets = network.members.find(
    ({ node }) =>
      node !== a &&
      node !== b &&
      canMeet(inventory, network, node, a) &&
      canMeet(inventory, network, node, b),
  );
  return `set networks.${network.name}.relay: ${meets?.node ?? 'a member that both can connect to'}`;
}
