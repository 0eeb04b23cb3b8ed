import { bareAddress } from '../../../model/address.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import { isHub } from '../../../model/shape.js';
import { NOTHING_ASKED } from '../../step.js';
import { ownershipOf } from '../ownership/verdict.js';
import { parseInterface } from '../tunnel/live.js';
import {
  clientAddresses,
  type KnownPeer,
  type MatchedPeers,
  matchPeers,
  type PeerThere,
  peersThere,
} from './peers.js';
import type { SeenForAdoption } from './question.js';
import { carriesSsh, masquerades } from './traits.js';

/** A peer without a place in the inventory that gets one as a client. */
export interface NewPeer {
  readonly name: string;
  readonly there: PeerThere;
}

export interface NewClient extends NewPeer {
  /** Bare overlay addresses. */
  readonly addresses: readonly string[];
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
  /** Peers that can be no clients: they stay as they are. */
  readonly unmanaged: readonly NewPeer[];
  /** Clients that are the same device as another, by its key: `laptop`, `client phone of network home`. */
  readonly twins: readonly { readonly name: string; readonly of: string }[];
  /** Whether the hub passes clients on to the internet, and the inventory doesn't say so. */
  readonly addsInternet: boolean;
  /** Whether this SSH session comes in through it. */
  readonly carriesSsh: boolean;
}

/** The state of a network on a node before anything is taken over. */
export type Standing =
  /** Nothing is there, or the inventory has it already. */
  | { readonly kind: 'free' | 'ours' }
  /** It belongs to another inventory, or is a link that no tunnel is: what of it is known. */
  | { readonly kind: 'refused'; readonly seen: string; readonly whose: 'link' | 'inventory' }
  | { readonly kind: 'adoptable' };

export function standingOf(
  where: { readonly inventory: Inventory; readonly network: Network; readonly node: string },
  interfaceName: string | undefined,
  seen: SeenForAdoption | undefined,
): Standing {
  if (interfaceName === undefined || seen === undefined) return { kind: 'free' };
  const network = { ...where.network, interface: interfaceName };
  const owner = ownershipOf(
    { ...where, network, facts: NOTHING_ASKED },
    seen.interface ?? parseInterface(''),
  );
  if (owner.kind !== 'foreign') return { kind: owner.kind };
  return owner.whose === 'hand'
    ? { kind: 'adoptable' }
    : { kind: 'refused', seen: owner.seen, whose: owner.whose };
}

/** Names for peers that have none: those of nodes and clients are taken, and one peer has one name wherever it is met. */
export class PeerNames {
  readonly #taken: Set<string>;
  readonly #given = new Map<string, string>();
  /** Who has a key, by the key. */
  readonly #devices = new Map<string, string>();

  constructor({ nodes, networks }: Pick<Inventory, 'nodes' | 'networks'>) {
    const peers = networks.flatMap(({ clients, unmanaged }) => [...clients, ...unmanaged]);
    this.#taken = new Set([...nodes, ...peers].map(({ name }) => name));
    for (const { name, clients } of networks) {
      for (const { name: client, publicKey = '' } of clients)
        this.#devices.set(publicKey, `client ${client} of network ${name}`);
    }
  }

  /** Who has the key of a client already; undefined if it is the first. */
  twinOf(publicKey: string, name: string, network: string): string | undefined {
    const twin = this.#devices.get(publicKey);
    if (twin === undefined) this.#devices.set(publicKey, `client ${name} of network ${network}`);
    return twin;
  }

  /** By what a comment calls it, else by its address. */
  of({ comment, publicKey, allowedIps, written, keepalive, shared }: PeerThere): string {
    const peer = JSON.stringify([publicKey, [...allowedIps].sort(), written, keepalive, shared]);
    const known = this.#given.get(peer);
    if (known !== undefined) return known;
    const base = slug(comment ?? '') || slug(`client-${bareAddress(allowedIps[0] ?? '')}`) || 'client';
    let name = base;
    for (let number = 2; this.#taken.has(name); number += 1) name = `${base}-${number}`;
    this.#taken.add(name);
    this.#given.set(peer, name);
    return name;
  }
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 59)
    .replace(/^-+|-+$/g, '');

/** Whether a network has preshared keys, or gets them since one of these peers has one. */
export function isShared(
  { presharedKeys }: Network,
  peers: readonly (Pick<KnownPeer, 'there' | 'wanted'> | NewPeer)[],
): boolean {
  return (
    presharedKeys ||
    peers.some((peer) => peer.there.shared && !('wanted' in peer && peer.wanted?.unmanaged !== undefined))
  );
}

/** What taking an interface over comes to. */
export function adoptionOf(
  where: Pick<Adoption, 'inventory' | 'node' | 'network' | 'interface' | 'seen'>,
  names: PeerNames,
): Adoption {
  const { inventory, node, network, seen } = where;
  const there = peersThere(seen.interface);
  const peers = matchPeers(inventory, network, node, there);
  const strangers = peers.strangers.map((peer) => ({
    name: names.of(peer),
    there: peer,
    addresses: clientAddresses(network, node, peer),
  }));
  // All clients of a network have a preshared key, or none has.
  const fitting = strangers.filter(({ addresses }) => addresses !== undefined);
  const shared = isShared(network, [...peers.known, ...fitting]);
  const placed = strangers.map((peer) =>
    peer.there.shared === shared ? peer : { ...peer, addresses: undefined },
  );
  const newClients = placed.flatMap(({ addresses, ...peer }) =>
    addresses === undefined ? [] : [{ ...peer, addresses }],
  );
  return {
    ...where,
    peers,
    twins: newClients.flatMap(({ name, there }) => {
      const twin = names.twinOf(there.publicKey, name, network.name);
      return twin === undefined ? [] : [{ name, of: twin }];
    }),
    newClients,
    unmanaged: placed.flatMap(({ addresses, ...peer }) => (addresses === undefined ? [peer] : [])),
    addsInternet: isHub(network, node) && !network.internet && masquerades(seen, where.interface, network),
    carriesSsh: carriesSsh(seen),
  };
}
