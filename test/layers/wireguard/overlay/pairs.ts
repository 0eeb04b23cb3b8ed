import { arePeers, canMeet } from '../../../../src/layers/wireguard/overlay/peers.js';
import type { Inventory, Network } from '../../../../src/model/inventory.js';

/** An ordered pair of members, by node name. */
interface MemberPair {
  readonly from: string;
  readonly to: string;
}

/** Every ordered pair of members, direct or not. Clients are in none. */
export function allPairs(network: Network): MemberPair[] {
  const names = network.members.map(({ node }) => node);
  return names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to })));
}

/** The ordered pairs with a direct tunnel; the rest go through the relay or hubs. */
export function directPairs(inventory: Inventory, network: Network): MemberPair[] {
  return allPairs(network).filter(
    ({ from, to }) =>
      arePeers(inventory, network, from, to) &&
      (network.shape === 'mesh' || canMeet(inventory, network, from, to)),
  );
}
