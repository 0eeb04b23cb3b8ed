import { parseYaml, removeEntry, setEntry } from '../../document/index.js';
import { networksOfKind } from '../../layers/shared/network-kind.js';
import { type Adoption, isShared } from '../../layers/wireguard/adopt/adoption.js';
import type { PeerThere } from '../../layers/wireguard/adopt/peers.js';
import { masquerades } from '../../layers/wireguard/adopt/traits.js';
import { addClient, oneOrMore, setClientKey } from '../../layers/wireguard/inventory/edit-clients.js';
import { hostRoute, networkOf } from '../../model/address.js';
import type { RawInventory, RawNetwork } from '../../model/raw.js';

/** Whether a network has preshared keys, or gets them because peers that are taken over have some. */
export function getsPresharedKeys(adoptions: readonly Adoption[], network: string): boolean {
  const own = adoptions.filter((one) => one.network.name === network);
  return own.some((one) => isShared(one.network, [...one.peers.known, ...one.newClients]));
}

/** The text of the inventory, plus everything that the nodes have and the first apply would otherwise remove. Comments stay. */
export function takeIn(file: string, text: string, adoptions: readonly Adoption[]): string {
  return adoptions.reduce((now, adoption) => takeOne(file, now, adoption, adoptions), text);
}

function takeOne(file: string, text: string, adoption: Adoption, all: readonly Adoption[]): string {
  const { network, node, seen, peers, newClients, unmanaged, addsInternet } = adoption;
  const at = ['networks', network.name];
  let now = text;
  if (!network.presharedKeys && getsPresharedKeys(all, network.name)) {
    now = setEntry(file, now, [...at, 'presharedKeys'], true);
  }
  if (addsInternet) now = setEntry(file, now, [...at, 'internet'], true);
  // If the hub lets clients out to the internet, they may still reach it through the hub.
  const isOut = network.internet || addsInternet;
  const tunnel = isOut && masquerades(seen, adoption.interface, network) ? 'full' : undefined;
  for (const { name, there, keyIsNew } of peers.known) {
    if (keyIsNew) now = setClientKey({ file, text: now }, network, name, there.publicKey);
  }
  for (const { name, addresses, there } of newClients) {
    const hub = network.hubs[0] === node ? undefined : node;
    const client = { name, addresses, publicKey: there.publicKey, tunnel, dns: [], reach: [], hub } as const;
    now = addClient({ file, text: now }, network, client);
  }
  for (const { name, there } of unmanaged) now = addUnmanaged(file, now, network.name, node, name, there);
  return now;
}

/** One peer may be on several members. */
function addUnmanaged(
  file: string,
  text: string,
  network: string,
  node: string,
  name: string,
  there: PeerThere,
): string {
  const path = ['networks', network, 'unmanaged', name];
  const { networks } = parseYaml(file, text).value as RawInventory;
  const [, own] = networksOfKind<RawNetwork>(networks, 'wireguard').find(([one]) => one === network) ?? [];
  const before = own?.unmanaged?.[name]?.on;
  const on = [before ?? []].flat().flatMap((one) => (one === null ? [] : [one]));
  const ranges = there.allowedIps.map((range) => (range.includes('/') ? networkOf(range) : hostRoute(range)));
  return setEntry(file, on.length === 0 ? text : removeEntry(file, text, path), path, {
    on: oneOrMore([...on, node]),
    publicKey: there.publicKey,
    allowedIps: oneOrMore(ranges),
    ...(there.written !== undefined && { endpoint: there.written }),
    ...(there.keepalive > 0 && { keepalive: there.keepalive }),
    ...(there.shared && { presharedKey: true }),
  });
}
