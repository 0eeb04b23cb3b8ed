import type { Inventory } from '../inventory/types.js';
import { forwardsPackets } from '../network/index.js';

/** The nodes whose reboot others would feel: those that pass packets on; where none does, every member. */
export function rebootTargets(inventory: Inventory): readonly string[] {
  const passing = inventory.nodes.filter(({ name }) => forwardsPackets(inventory, undefined, name));
  const members = inventory.nodes.filter(({ name }) =>
    inventory.networks.some((network) => network.members.some(({ node }) => node === name)),
  );
  return (passing.length > 0 ? passing : members).map(({ name }) => name);
}
