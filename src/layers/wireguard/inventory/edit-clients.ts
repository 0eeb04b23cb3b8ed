import { type Entry, removeEntry, setEntry } from '../../../document/index.js';
import type { Network } from '../../../model/inventory.js';

/** A client as written into the inventory; empty values are left out. */
export interface ClientEntry {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly publicKey: string;
  readonly tunnel?: 'split' | 'full' | undefined;
  readonly dns: readonly string[];
  readonly reach: readonly string[];
  readonly hub?: string | undefined;
}

/** The inventory's text, and its path for error messages. */
export interface InventoryText {
  readonly file: string;
  readonly text: string;
}

/** The text of the inventory with one more client in a network. */
export function addClient({ file, text }: InventoryText, network: Network, client: ClientEntry): string {
  const { name, hub } = client;
  const entry: Record<string, Entry> = {
    address: oneOrMore(client.addresses),
    publicKey: client.publicKey,
    ...(client.tunnel && { tunnel: client.tunnel }),
    ...(client.dns.length > 0 && { dns: oneOrMore(client.dns) }),
    ...(client.reach.length > 0 && { reach: oneOrMore(client.reach) }),
  };
  const added = setEntry(file, text, ['networks', network.name, 'clients', name], entry);
  if (hub === undefined) return added;
  return setEntry(file, added, ['networks', network.name, 'hubOf', name], hub);
}

/** The same with another public key for a client. */
export function setClientKey(
  { file, text }: InventoryText,
  network: Network,
  client: string,
  publicKey: string,
): string {
  return setEntry(file, text, ['networks', network.name, 'clients', client, 'publicKey'], publicKey);
}

/** The same without a client. */
export function removeClient({ file, text }: InventoryText, network: Network, client: string): string {
  const removed = removeEntry(file, text, ['networks', network.name, 'clients', client]);
  return removeEntry(file, removed, ['networks', network.name, 'hubOf', client]);
}

/** One text if there is one. */
export function oneOrMore(values: readonly string[]): Entry {
  const [first, ...more] = values;
  return first !== undefined && more.length === 0 ? first : values;
}
