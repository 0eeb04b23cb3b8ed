import { bareAddress } from '../../../model/address.js';
import { memberOf } from '../../../model/atlas.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import { MANAGED } from '../../shared/managed.js';
import { markOf } from '../../shared/records.js';
import type { Facts } from '../../step.js';
import { publicKeyFact } from '../facts.js';
import { keyPath } from '../keys/private-key.js';
import { parseConfig } from '../overlay/parse-config.js';
import { peersOf } from '../overlay/peers.js';
import type { SeenInterface } from '../tunnel/live.js';
import { type OwnerRecord, recordPath } from './record.js';

/** Who owns an interface that the inventory wants on a node. */
export type InterfaceOwner =
  /** Nothing of that name is there. */
  | { readonly kind: 'free' }
  /** `recorded`: the node has noted so. */
  | { readonly kind: 'ours'; readonly recorded: boolean }
  /** `seen`: the foreign part, and the evidence for that. */
  | {
      readonly kind: 'foreign';
      readonly seen: string;
      readonly whose: Stranger;
    };

/** A link of the node's own, such as the one by which it is reached; another inventory; or a person who made it by hand. */
export type Stranger = 'link' | 'inventory' | 'hand';

/** The fix for an interface that belongs to something else: only what was made by hand can be taken over. */
export function foreignFix({ name }: Network, node: string, whose: Stranger): string {
  const another = `give network ${name} another interface`;
  if (whose === 'link') return `${another}, such as wg0`;
  if (whose === 'inventory')
    return `${another}; or, if nothing needs the other network any more, remove ${node} from it with its own inventory`;
  return `\`bridgehead adopt ${node}\` compares it with the inventory and takes it over; or ${another}`;
}

export interface InterfaceClaim {
  readonly inventory: Inventory;
  readonly network: Network;
  readonly node: string;
  readonly facts: Facts;
}

/** What identifies an inventory on a node, whatever its file. */
interface Wanted {
  readonly addresses: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
  readonly peerAddresses: ReadonlySet<string>;
}

const meets = (some: Iterable<string>, others: ReadonlySet<string>): boolean =>
  [...some].some((one) => others.has(one));

function wantedOf({ inventory, network, node, facts }: InterfaceClaim): Wanted {
  const peers = peersOf(inventory, network, node);
  const keys = peers.map((peer) => peer.publicKey ?? facts.get(peer.node, publicKeyFact(network.interface)));
  return {
    addresses: new Set(memberOf(network, node).addresses),
    keys: new Set(keys.filter((key) => key !== undefined)),
    peerAddresses: new Set(peers.flatMap(({ addresses }) => addresses)),
  };
}

/** Every public key that this run knows of the inventory's nodes and clients. */
export function knownPublicKeys({ networks }: Inventory, facts: Facts): ReadonlySet<string> {
  const keys = networks.flatMap((network) => [
    ...network.members.map(({ node }) => facts.get(node, publicKeyFact(network.interface))),
    ...network.clients.map(({ publicKey }) => publicKey),
  ]);
  return new Set(keys.filter((key) => key !== undefined));
}

/**
 * Whether a record was written for this inventory. The name by itself proves nothing: another folder may have an inventory
 * of the same name. So it also has to contain another node of this inventory, by name and SSH host, or another node's key.
 */
export function isKin(record: OwnerRecord, inventory: Inventory, keys: ReadonlySet<string>): boolean {
  if (record.inventory !== inventory.name) return false;
  const marks = new Set(inventory.nodes.filter(({ name }) => name !== record.node).map(markOf));
  return record.peers.some(({ mark, publicKey }) => marks.has(mark) || keys.has(publicKey));
}

/** The same for a wanted interface: its addresses also count, even if the inventory was renamed. */
function isRecordOf(record: OwnerRecord, { inventory }: InterfaceClaim, wanted: Wanted): boolean {
  const sameAddress = meets(record.addresses, wanted.addresses);
  const sameKeys = record.peers.some(({ publicKey }) => wanted.keys.has(publicKey));
  if (record.inventory !== inventory.name) return sameAddress && sameKeys;
  const alone = record.peers.length === 0 || wanted.peerAddresses.size === 0;
  const samePeer = alone || record.peers.some(({ address }) => wanted.peerAddresses.has(address));
  return isKin(record, inventory, wanted.keys) || (sameAddress && samePeer);
}

const FOREIGN_LIVE = 'a running interface that Bridgehead did not make';

/**
 * Judges who owns an interface that the inventory wants: by the node's record, or without one (a version without records
 * made it) by what the configuration begins with, and its addresses or peers. What was made by hand belongs to somebody else
 * until it is adopted, however well it fits.
 */
export function ownershipOf(claim: InterfaceClaim, seen: SeenInterface): InterfaceOwner {
  const wanted = wantedOf(claim);
  const { record, config, live } = seen;
  if (record === undefined && config === undefined && live === undefined) return { kind: 'free' };
  const name = claim.network.interface;
  const foreign = (whose: Stranger, what: string): InterfaceOwner => ({ kind: 'foreign', whose, seen: what });
  if (seen.otherLink) {
    return foreign('link', `${name}, a link on ${claim.node} that is not a WireGuard interface`);
  }
  if (record !== undefined && !isRecordOf(record, claim, wanted)) {
    const whose = `network ${record.network} of another inventory, ${record.inventory}`;
    return foreign('inventory', `${recordPath(name)} says that it belongs to ${whose}`);
  }
  if (config !== undefined && !isOwnConfig(seen, name, wanted)) {
    const isOther = config.text.startsWith(MANAGED);
    return foreign(isOther ? 'inventory' : 'hand', `/etc/wireguard/${name}.conf, ${whyForeign(config)}`);
  }
  if (live !== undefined && !isOwnLive(seen, wanted)) return foreign('hand', FOREIGN_LIVE);
  return { kind: 'ours', recorded: record !== undefined };
}

function whyForeign({ text }: NonNullable<SeenInterface['config']>): string {
  if (!text.startsWith(MANAGED)) return 'which Bridgehead did not write';
  const { addresses } = parseConfig(text);
  return `written for another inventory: its address is ${addresses.join(', ') || 'missing'}, and its peers are unknown here`;
}

/** Whether a configuration or an interface has one of our keys, addresses or peers. */
function fits(
  {
    addresses,
    peers,
  }: Pick<NonNullable<SeenInterface['live']>, 'addresses'> & {
    readonly peers: readonly { readonly publicKey: string; readonly allowedIps: readonly string[] }[];
  },
  wanted: Wanted,
): { readonly address: boolean; readonly peer: boolean } {
  return {
    address: meets(addresses.map(bareAddress), wanted.addresses),
    peer: peers.some(
      ({ publicKey, allowedIps }) =>
        wanted.keys.has(publicKey) || meets(allowedIps.map(bareAddress), wanted.peerAddresses),
    ),
  };
}

/** Without a record only what a version before the records wrote is ours. */
function isOwnConfig({ record, config, ownKey }: SeenInterface, name: string, wanted: Wanted): boolean {
  if (config === undefined) return true;
  const { text, publicKey } = config;
  const parsed = parseConfig(text);
  const { address, peer } = fits(parsed, wanted);
  const isHeaded = text.startsWith(MANAGED);
  if (record === undefined) return isHeaded && (address || peer || parsed.peers.length === 0);
  if (publicKey !== undefined) return publicKey === ownKey || publicKey === record.publicKey;
  const usesOwnKey = text.includes(keyPath(name)) || text.includes(keyPath('%i'));
  return isHeaded || usesOwnKey || address || peer || parsed.addresses.length + parsed.peers.length === 0;
}

function isOwnLive({ record, config, live, ownKey }: SeenInterface, wanted: Wanted): boolean {
  if (live === undefined) return true;
  if (record === undefined && config === undefined) return false;
  const isOwnKey = live.publicKey !== '' && [ownKey, record?.publicKey].includes(live.publicKey);
  const { address, peer } = fits(live, wanted);
  const isBare = live.publicKey === '' && live.peers.length === 0;
  return (
    isOwnKey ||
    isBare ||
    address ||
    peer ||
    meets(live.addresses.map(bareAddress), new Set(record?.addresses))
  );
}
