import { clientSettings } from '../../../../src/layers/wireguard/overlay/client-config.js';
import { peersOf } from '../../../../src/layers/wireguard/overlay/peers.js';
import type { Inventory, Network } from '../../../../src/model/inventory.js';
import { forwardsPackets } from '../../../../src/model/shape.js';

/** A peer as a kernel knows it. */
interface Cryptokey {
  readonly node: string;
  readonly allowedIps: readonly string[];
}

export type Tables = ReadonlyMap<string, readonly Cryptokey[]>;

/** The AllowedIPs of every member and of every client with a key. */
export function tablesOf(inventory: Inventory, network: Network): Tables {
  const members = network.members.map(({ node }) => [node, peersOf(inventory, network, node)] as const);
  const clients = network.clients
    .filter(({ publicKey }) => publicKey !== undefined)
    .map(({ name }) => {
      const { hub, allowedIps } = clientSettings(inventory, network, name);
      return [name, [{ node: hub, allowedIps }]] as const;
    });
  return new Map<string, readonly Cryptokey[]>([...members, ...clients]);
}

/** Whether an address lies in a range; written anew, so that no slip of the code under test hides here. */
export function inRange(range: string, address: string): boolean {
  const [base = '', length = ''] = range.split('/');
  if (base.includes(':') !== address.includes(':')) return false;
  return bits(base).slice(0, Number(length)) === bits(address).slice(0, Number(length));
}

const written = new Map<string, string>();

function bits(address: string): string {
  const known = written.get(address) ?? bitsOf(address);
  written.set(address, known);
  return known;
}

function bitsOf(address: string): string {
  if (!address.includes(':')) {
    return address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  }
  const [head = '', tail = ''] = address.split('::');
  const words = (text: string) => text.split(':').filter((word) => word !== '');
  const [front, back] = [words(head), words(tail)];
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0');
  return [...front, ...zeros, ...back]
    .map((word) => Number.parseInt(word, 16).toString(2).padStart(16, '0'))
    .join('');
}

/** The peer to which a kernel gives a packet: the longest prefix wins. */
function next(peers: readonly Cryptokey[], address: string): string | undefined {
  const fits = peers.flatMap(({ node, allowedIps }) =>
    allowedIps.filter((range) => inRange(range, address)).map((range) => ({ node, range })),
  );
  const length = ({ range }: { range: string }) => Number(range.split('/')[1]);
  return fits.toSorted((a, b) => length(b) - length(a))[0]?.node;
}

/**
 * Follows a packet as kernels would: each hop hands it to the peer that the destination belongs to, and takes it only from the peer
 * that the source belongs to. Gives the hops; the last is where it leaves the tunnels. Throws, saying why, where a kernel would drop it.
 */
export function walk(
  inventory: Inventory,
  network: Network,
  tables: Tables,
  { from, source, to }: { readonly from: string; readonly source: string; readonly to: string },
): string[] {
  const hops = [from];
  for (let at = from; ; ) {
    if (leaves(inventory, network, at, to, hops.length === 1)) return hops;
    if (hops.length > 1 && !forwardsPackets(inventory, network, at))
      throw dropped(hops, `${at} forwards nothing`);
    const hop = next(tables.get(at) ?? [], to);
    if (hop === undefined) throw dropped(hops, `${at} has no peer for ${to}`);
    const back = next(tables.get(hop) ?? [], source);
    if (back !== at) throw dropped([...hops, hop], `${hop} takes ${source} from ${back}, not from ${at}`);
    hops.push(hop);
    if (hops.length > 6) throw dropped(hops, 'in a circle');
    at = hop;
  }
}

/** Whether a packet is at home here, or goes out to a LAN. */
function leaves(inventory: Inventory, network: Network, at: string, to: string, first: boolean): boolean {
  const own = [
    ...network.members,
    ...network.clients.map(({ name, addresses }) => ({ node: name, addresses })),
  ];
  if (own.some(({ node, addresses }) => node === at && addresses.includes(to))) return true;
  const gateway = network.advertises.some(
    ({ node, subnets }) => node === at && subnets.some((subnet) => inRange(subnet, to)),
  );
  if (gateway) return true;
  const site = inventory.nodes.find(({ name }) => name === at)?.site;
  const onLan = inventory.sites.some(
    ({ name, subnets }) => name === site && subnets.some((subnet) => inRange(subnet, to)),
  );
  if (onLan && !first) throw new Error(`${at} sends ${to} to its own LAN, past the gateway`);
  return onLan;
}

function dropped(hops: readonly string[], why: string): Error {
  return new Error(`${hops.join(' -> ')}: ${why}`);
}
