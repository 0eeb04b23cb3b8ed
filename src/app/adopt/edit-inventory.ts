import { setEntry } from '../../document/index.js';
import type { Adoption } from '../../layers/wireguard/adopt/adoption.js';
import { masquerades } from '../../layers/wireguard/adopt/traits.js';
import { addClient, setClientKey } from '../../layers/wireguard/inventory/edit-clients.js';

/** Whether a network has preshared keys, or gets them since peers that are taken over have some. */
export function getsPresharedKeys(adoptions: readonly Adoption[], network: string): boolean {
  const own = adoptions.filter((one) => one.network.name === network);
  return own.some(
    ({ network: { presharedKeys }, peers, newClients }) =>
      presharedKeys || [...peers.known, ...newClients].some(({ there }) => there.shared),
  );
}

/** The text of the inventory with everything in it that the nodes have and the first apply would end. Comments stay. */
export function takeIn(file: string, text: string, adoptions: readonly Adoption[]): string {
  return adoptions.reduce((now, adoption) => takeOne(file, now, adoption, adoptions), text);
}

function takeOne(file: string, text: string, adoption: Adoption, all: readonly Adoption[]): string {
  const { network, node, seen, peers, newClients, addsInternet } = adoption;
  const at = ['networks', network.name];
  let now = text;
  if (!network.presharedKeys && getsPresharedKeys(all, network.name)) {
    now = setEntry(file, now, [...at, 'presharedKeys'], true);
  }
  if (addsInternet) now = setEntry(file, now, [...at, 'internet'], true);
  // Where the hub lets clients out to the internet, they may go there through it, as before.
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
  return now;
}
