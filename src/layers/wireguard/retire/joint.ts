import { bareAddress } from '../../../model/address.js';
import { memberOf } from '../../../model/atlas.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import { parseConfig } from '../overlay/parse-config.js';
import type { Left } from './probe.js';

/** What an interface was made for: the network in its record, else the interface's name. */
export const formerName = ({ seen: { record }, interface: name }: Left): string => record?.network ?? name;

export interface Leaving {
  readonly inventory: Inventory;
  readonly node: string;
  readonly left: Left;
  /** The network that the interface was made for, if it is on another interface of the node now. */
  readonly heir: Network | undefined;
}

/**
 * Name of the network whose nodes must all see an interface go, or none: a network that is no longer in the inventory, or
 * that changes port or address along with its interface. Until all nodes have followed, its tunnels are down. If only one
 * node leaves a network, or only the interface is renamed, the others' tunnels are unaffected.
 */
export function jointOf({ inventory, node, left, heir }: Leaving): string | undefined {
  const { seen } = left;
  if (seen.live === undefined) return undefined;
  const { addresses, listenPort } = parseConfig(seen.config?.text ?? '');
  if (heir !== undefined) {
    const own = memberOf(heir, node).addresses;
    const had = seen.record?.addresses ?? addresses.map(bareAddress);
    const isMoved =
      (listenPort !== undefined && listenPort !== heir.port) || had.some((one) => !own.includes(one));
    return isMoved ? heir.name : undefined;
  }
  const stays = inventory.networks.some((network) =>
    seen.record === undefined ? network.interface === left.interface : network.name === seen.record.network,
  );
  return stays ? undefined : formerName(left);
}
