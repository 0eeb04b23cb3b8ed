import type { Client, Network, Node } from '../../model/inventory.js';
import { reachWord } from '../../model/reach.js';

/** A client, its network and the hub that it connects to. */
export interface ClientView {
  readonly network: Network;
  readonly client: Client;
  readonly hub: Node;
}

/** `keyed`: it was already in the inventory, and now has its first keys. */
export type ClientChange = 'added' | 'keyed' | 'rekeyed';

const DONE: Readonly<Record<ClientChange, string>> = {
  added: 'was added',
  keyed: 'has its first keys',
  rekeyed: 'has new keys',
};

export interface HandedView {
  /** Paths of the files that were written. */
  readonly files: readonly string[];
  /** Whether the QR code was shown. */
  readonly shown: boolean;
}

/** The text below the code of a new or rekeyed client. */
export function addedText(change: ClientChange, view: ClientView, { files, shown }: HandedView): string {
  const { client } = view;
  const old = change === 'rekeyed' ? ['The old keys no longer work.'] : [];
  return lines([
    `${client.name} ${DONE[change]}: ${clientWords(view)}`,
    ...old,
    ...(shown ? [`Scan the code with the WireGuard app now: it is shown only once.`] : []),
    ...files.map((file) => `wrote ${file}: it contains the private key, and only you can read it`),
    `The private key is stored nowhere else; bridgehead client rekey ${client.name} makes new ones.`,
  ]);
}

export function revokedText({ network, client, hub }: ClientView): string {
  const free = client.addresses.join(' and ');
  return lines([
    `${client.name} was revoked: ${hub.name} no longer has a peer for it, and ${free} ${client.addresses.length > 1 ? 'are' : 'is'} free again in ${network.name}`,
  ]);
}

/** `10.8.0.2 in home, connects to vps; split tunnel; reaches all` */
export function clientWords({ network, client, hub }: ClientView): string {
  const place = `${client.addresses.join(' and ')} in ${network.name}, connects to ${hub.name}`;
  return `${place}; ${client.tunnel} tunnel; reaches ${reachWords(client.reach)}`;
}

/** What a client may reach, in the inventory's terms. */
export function reachWords(reach: Client['reach']): string {
  return reach === 'all' ? 'all' : reach.map(reachWord).join(', ');
}

export interface ShownView extends ClientView {
  /** The configuration without its secrets. */
  readonly config: string;
  /** Why it must scan again; empty when nothing is known. */
  readonly scanAgain: readonly string[];
  /** Whether the ledger knows its current configuration. */
  readonly known: boolean;
}

/** A client as it should be configured, without its secrets. */
export function shownText(view: ShownView): string {
  const { client, config, scanAgain, known } = view;
  return lines([
    `${client.name}: ${clientWords(view)}`,
    '',
    config.trimEnd(),
    '',
    ...scanAgain.map((reason) => `scan again: ${reason}`),
    ...(known ? [] : [`its current configuration was not made here`]),
    `The private key is not stored. To use one from a configuration that you kept: bridgehead client show ${client.name} --kept FILE;`,
    `to make new keys: bridgehead client rekey ${client.name}`,
  ]);
}

function lines(parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}
