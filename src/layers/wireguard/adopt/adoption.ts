import type { Inventory, Network } from '../../../model/inventory.js';
import { isHub } from '../../../model/shape.js';
import type { Facts } from '../../step.js';
import { ownershipOf } from '../ownership/verdict.js';
import { parseInterface } from '../tunnel/live.js';
import { clientAddresses, type MatchedPeers, matchPeers, type PeerThere, peersThere } from './peers.js';
import type { SeenForAdoption } from './question.js';
import { carriesSsh, masquerades } from './traits.js';

/** A peer without a place in the inventory that gets one as a client. */
export interface NewClient {
  readonly name: string;
  /** Bare overlay addresses. */
  readonly addresses: readonly string[];
  readonly there: PeerThere;
}

/** An interface on a node that may be taken over for a network. */
export interface Adoption {
  readonly inventory: Inventory;
  readonly node: string;
  readonly network: Network;
  readonly interface: string;
  readonly seen: SeenForAdoption;
  readonly peers: MatchedPeers;
  readonly newClients: readonly NewClient[];
  /** Peers that the inventory has no word for. */
  readonly others: readonly PeerThere[];
  /** Whether the hub passes clients on to the internet, and the inventory doesn't say so. */
  readonly addsInternet: boolean;
  /** Whether this SSH session comes in through it. */
  readonly carriesSsh: boolean;
}

/** How a network stands on a node, before anything is taken over. */
export type Standing =
  /** Nothing is there, or the inventory has it already. */
  | { readonly kind: 'free' | 'ours' }
  /** It belongs to another inventory, or is a link that no tunnel is: what of it is known. */
  | { readonly kind: 'refused'; readonly seen: string; readonly whose: 'link' | 'inventory' }
  | { readonly kind: 'adoptable' };

const NO_FACTS: Facts = { get: () => undefined };

export function standingOf(
  where: { readonly inventory: Inventory; readonly network: Network; readonly node: string },
  interfaceName: string | undefined,
  seen: SeenForAdoption | undefined,
): Standing {
  if (interfaceName === undefined || seen === undefined) return { kind: 'free' };
  const network = { ...where.network, interface: interfaceName };
  const owner = ownershipOf({ ...where, network, facts: NO_FACTS }, seen.interface ?? parseInterface(''));
  if (owner.kind !== 'foreign') return { kind: owner.kind };
  return owner.whose === 'hand'
    ? { kind: 'adoptable' }
    : { kind: 'refused', seen: owner.seen, whose: owner.whose };
}

/** A name for a peer by what a comment calls it, or by its address; `taken` has it from then on. */
function nameFor({ comment, allowedIps }: PeerThere, taken: Set<string>): string {
  const slug = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 59)
      .replace(/^-+|-+$/g, '');
  const base = slug(comment ?? '') || `client-${slug(allowedIps[0]?.split('/')[0] ?? '')}`;
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}`;
  taken.add(name);
  return name;
}

/** What taking an interface over comes to; `taken` are the names that nodes and clients have, and gets those that are given. */
export function adoptionOf(
  where: Pick<Adoption, 'inventory' | 'node' | 'network' | 'interface' | 'seen'>,
  taken: Set<string>,
): Adoption {
  const { inventory, node, network, seen } = where;
  const peers = matchPeers(inventory, network, node, peersThere(seen.interface));
  const placed = peers.strangers.map((there) => ({
    there,
    addresses: clientAddresses(network, node, there),
  }));
  const newClients = placed.flatMap(({ there, addresses }): NewClient[] =>
    addresses === undefined ? [] : [{ name: nameFor(there, taken), addresses, there }],
  );
  return {
    ...where,
    peers,
    newClients,
    others: placed.flatMap(({ there, addresses }) => (addresses === undefined ? [there] : [])),
    addsInternet: isHub(network, node) && !network.internet && masquerades(seen, where.interface, network),
    carriesSsh: carriesSsh(seen),
  };
}
