import { bareAddress, contains, familyOf, hostRoute, inRange, spanOf } from '../../../model/address.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import { clientsOf, isHub } from '../../../model/shape.js';
import { parseConfig } from '../overlay/parse-config.js';
import { peersOf } from '../overlay/peers.js';
import type { Peer } from '../overlay/types.js';
import type { SeenInterface } from '../tunnel/live.js';

/** A peer as a node has it now: of the running interface, or else of its configuration. */
export interface PeerThere {
  readonly publicKey: string;
  /** CIDR, or bare as written. */
  readonly allowedIps: readonly string[];
  /** `host:port`. */
  readonly endpoint?: string;
  /** Seconds; 0 is off. */
  readonly keepalive: number;
  /** The same as the configuration writes it, whatever WireGuard has learned since. */
  readonly written?: string;
  /** Whether it has a preshared key. */
  readonly shared: boolean;
  /** What a comment calls it. */
  readonly comment?: string;
}

/** Peers of a configuration that have a preshared key, and what comments call each, by public key. */
function describedIn(
  text: string,
): ReadonlyMap<string, { readonly shared: boolean; readonly comment?: string }> {
  const lines = text.split(/\r?\n/);
  const starts = lines.flatMap((line, index) => (/^\s*\[peer\]\s*$/i.test(line) ? [index] : []));
  return new Map(
    starts.flatMap((start, index): [string, { shared: boolean; comment?: string }][] => {
      const block = lines.slice(start + 1, starts[index + 1]);
      const value = (key: string): string | undefined =>
        block.flatMap((line) => new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)`, 'i').exec(line)?.[1] ?? [])[0];
      const publicKey = value('PublicKey');
      if (publicKey === undefined) return [];
      const firstKey = block.findIndex((line) => line.includes('='));
      const inside = block.slice(0, Math.max(0, firstKey)).find((line) => line.trim().startsWith('#'));
      const before = lines[start - 1]?.trim() ?? '';
      const comment = inside ?? (before.startsWith('#') && !/^#+\s*end\b/i.test(before) ? before : undefined);
      const shared = value('PresharedKey') !== undefined;
      return [[publicKey, { shared, ...(comment !== undefined && { comment: named(comment) }) }]];
    }),
  );
}

/** `### Client phone`, `### begin phone ###`, `# wk-1 (via …)`, `# Client: phone (uuid)`: the name in it. */
const named = (comment: string): string =>
  comment
    .replace(/^[\s#]+|[\s#]+$/g, '')
    .replace(/^(?:begin|client|peer)\b:?\s*/i, '')
    .replace(/\s*\(.*$/, '');

export function peersThere({ live, config }: SeenInterface): readonly PeerThere[] {
  const text = config?.text ?? '';
  const described = describedIn(text);
  const withComment = (publicKey: string) => {
    const comment = described.get(publicKey)?.comment;
    return comment === undefined || comment === '' ? {} : { comment };
  };
  const written = parseConfig(text).peers;
  // Without a configuration nobody has written any down.
  const writtenFor = (publicKey: string, learned: string | undefined): string | undefined =>
    config === undefined ? learned : written.find((peer) => peer.publicKey === publicKey)?.endpoint;
  if (live === undefined) {
    return written.map(({ keepalive = 0, ...peer }) => ({
      ...peer,
      keepalive,
      ...(peer.endpoint !== undefined && { written: peer.endpoint }),
      shared: described.get(peer.publicKey)?.shared ?? false,
      ...withComment(peer.publicKey),
    }));
  }
  return live.peers.map(({ publicKey, allowedIps, endpoint, keepalive, presharedKey }) => {
    const asWritten = writtenFor(publicKey, endpoint);
    return {
      publicKey,
      allowedIps,
      ...(endpoint !== undefined && { endpoint }),
      ...(asWritten !== undefined && { written: asWritten }),
      keepalive,
      shared: presharedKey !== undefined,
      ...withComment(publicKey),
    };
  });
}

/** A peer that the inventory knows; `wanted` is missing for a client whose key it lacks. */
export interface KnownPeer {
  readonly name: string;
  /** Bare overlay addresses, of the inventory. */
  readonly addresses: readonly string[];
  readonly there: PeerThere;
  readonly wanted?: Peer;
  /** It is a client, and what the inventory has in the place of its key is another one, or none. */
  readonly keyIsNew?: true;
}

export interface MatchedPeers {
  readonly known: readonly KnownPeer[];
  /** Peers that the inventory wants and the node lacks. */
  readonly missing: readonly Peer[];
  /** Peers that the inventory lacks. */
  readonly strangers: readonly PeerThere[];
}

/** Length of the shortest range that holds one of the addresses; undefined if none does. */
function closeness({ allowedIps }: PeerThere, addresses: readonly string[]): number | undefined {
  const spans = allowedIps.map((range) => (range.includes('/') ? range : hostRoute(range))).map(spanOf);
  const sizes = spans.flatMap((span) =>
    addresses.some((address) => contains(span, address)) ? [Number(span.last - span.first)] : [],
  );
  return sizes.length === 0 ? undefined : Math.min(...sizes);
}

/**
 * Which node or client each of a node's peers is: by its key if the inventory has that, else by the addresses that are
 * routed to it, the narrowest range first.
 */
export function matchPeers(
  inventory: Inventory,
  network: Network,
  node: string,
  there: readonly PeerThere[],
): MatchedPeers {
  const wanted = peersOf(inventory, network, node);
  const unkeyed = clientsOf(network, node).filter(({ publicKey }) => publicKey === undefined);
  const people = [
    ...wanted.map((peer) => ({ name: peer.node, addresses: peer.addresses, wanted: peer })),
    ...unkeyed.map(({ name, addresses }) => ({ name, addresses, wanted: undefined })),
  ];
  const left = new Set(there);
  const known = new Map<string, KnownPeer>();
  const take = ({ name, addresses, wanted: of }: (typeof people)[number], peer: PeerThere): void => {
    left.delete(peer);
    const keyIsNew = (of === undefined || of.client === true) && of?.publicKey !== peer.publicKey;
    known.set(name, {
      name,
      addresses,
      there: peer,
      ...(of && { wanted: of }),
      ...(keyIsNew && { keyIsNew }),
    });
  };
  for (const person of people) {
    const same = there.find((peer) => peer.publicKey === person.wanted?.publicKey);
    if (same !== undefined) take(person, same);
  }
  for (const person of people) {
    if (known.has(person.name)) continue;
    const [closest] = [...left]
      .map((peer) => ({ peer, distance: closeness(peer, person.addresses) }))
      .filter((one): one is { peer: PeerThere; distance: number } => one.distance !== undefined)
      .sort((a, b) => a.distance - b.distance);
    if (closest !== undefined) take(person, closest.peer);
  }
  return {
    known: people.flatMap(({ name }) => known.get(name) ?? []),
    missing: wanted.filter((peer) => !known.has(peer.node)),
    strangers: [...left],
  };
}

/** The overlay addresses of a peer that can be a client of the network at this hub; undefined if it is something else. */
export function clientAddresses(
  network: Network,
  node: string,
  { allowedIps }: PeerThere,
): readonly string[] | undefined {
  if (!isHub(network, node) || allowedIps.length === 0) return undefined;
  const bare = allowedIps.map(bareAddress);
  const isHost = allowedIps.every(
    (range, index) => !range.includes('/') || range === hostRoute(bare[index] ?? ''),
  );
  const isInside = bare.every((address) => network.ranges.some((range) => inRange(address, range)));
  const isOneEach = new Set(bare.map(familyOf)).size === bare.length;
  return isHost && isInside && isOneEach ? bare : undefined;
}
