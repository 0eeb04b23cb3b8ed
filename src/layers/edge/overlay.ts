import { membersOf } from '../../model/atlas.js';
import type { Inventory } from '../../model/inventory.js';
import type { Facts } from '../step.js';
import { TAILNET_LINK } from '../tailscale/daemon/paths.js';
import { tailnetAddresses } from '../tailscale/facts.js';
import { membershipOf } from '../tailscale/inventory/members.js';

/**
 * The bare addresses of a node in a network, IPv4 first; none if they aren't known, or it isn't a member. In a tailnet they are known
 * once the node was seen there.
 */
export function overlayAddresses(
  inventory: Pick<Inventory, 'networks' | 'tailnets'>,
  facts: Facts,
  network: string,
  node: string,
): readonly string[] {
  const found = inventory.networks.find(({ name }) => name === network);
  if (found !== undefined) return membersOf(found).get(node)?.addresses ?? [];
  return membershipOf(inventory, node)?.tailnet.name === network ? tailnetAddresses(facts, node) : [];
}

/** The interface of a network on its members; undefined if there is no such network. */
export function tunnelOf(
  { networks, tailnets = [] }: Pick<Inventory, 'networks' | 'tailnets'>,
  network: string | undefined,
): string | undefined {
  if (tailnets.some(({ name }) => name === network)) return TAILNET_LINK;
  return networks.find(({ name }) => name === network)?.interface;
}
