import { resolve } from 'node:path';
import { type HandedOut, hubKeysIn, ledgerFile, readLedger } from '../../layers/wireguard/clients/ledger.js';
import { reasonsToScanAgain } from '../../layers/wireguard/clients/staleness.js';
import { clientSettings } from '../../layers/wireguard/overlay/client-config.js';
import type { Inventory } from '../../model/inventory.js';
import { stateDir } from '../options.js';
import type { Io } from '../terminal/io.js';
import type { HubView } from './hub.js';
import type { ClientOptions } from './options.js';
import type { Target } from './target.js';

/** The current configurations of an inventory's clients, by `network/client`. */
export function ledgerOf(
  inventory: Inventory,
  { stateDir: given }: Pick<ClientOptions, 'stateDir'>,
  io: Io,
): ReadonlyMap<string, HandedOut> {
  return readLedger(ledgerFile(stateDir(given, io)), {
    ...inventory,
    file: resolve(inventory.file),
  });
}

/** The public keys of hubs at the last apply from here, by `network/hub`. */
export function hubKeysOf(
  inventory: Inventory,
  { stateDir: given }: Pick<ClientOptions, 'stateDir'>,
  io: Io,
): ReadonlyMap<string, string> {
  return hubKeysIn(ledgerFile(stateDir(given, io)), { ...inventory, file: resolve(inventory.file) });
}

/** Why a client must scan again; of the hub, only what is known is compared. */
export function reasons(
  { inventory, network, client }: Target,
  handed: HandedOut,
  seen?: { readonly publicKey?: string | undefined; readonly peers?: HubView['peers'] },
): string[] {
  return reasonsToScanAgain(handed, {
    publicKey: client.publicKey,
    settings: clientSettings(inventory, network, client.name),
    hubPublicKey: seen?.publicKey,
    presharedKey: client.publicKey && seen?.peers?.get(client.publicKey)?.presharedKey,
  });
}
