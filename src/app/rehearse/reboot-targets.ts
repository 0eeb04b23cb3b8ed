import { membershipOf } from '../../layers/tailscale/inventory/members.js';
import { networksOf } from '../../model/atlas.js';
import type { Inventory } from '../../model/inventory.js';
import { forwardsPackets } from '../../model/shape.js';

/** The nodes whose reboot affects others: those that forward packets; if there are none, every member. */
export function rebootTargets(inventory: Inventory): readonly string[] {
  const passing = inventory.nodes.filter(({ name }) => forwardsPackets(inventory, undefined, name));
  const members = inventory.nodes.filter(
    ({ name }) => networksOf(inventory, name).length > 0 || membershipOf(inventory, name) !== undefined,
  );
  return (passing.length > 0 ? passing : members).map(({ name }) => name);
}
