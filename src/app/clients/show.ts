import { readFileSync, statSync } from 'node:fs';
import { BridgeheadError, EXIT } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import { keysOfConfig } from '../../layers/wireguard/clients/kept-config.js';
import { keyPairOf, secretFingerprint } from '../../layers/wireguard/clients/keys.js';
import { ledgerKey } from '../../layers/wireguard/clients/ledger.js';
import { clientSettings, publicClientConfig } from '../../layers/wireguard/overlay/client-config.js';
import type { Inventory } from '../../model/inventory.js';
import { shownText } from '../../render/clients/text.js';
import { locateInventory } from '../locate.js';
import { withTransport } from '../ssh-transport.js';
import type { Io } from '../terminal/io.js';
import { prepareDelivery } from './deliver-config.js';
import { handOut, specimen } from './handed.js';
import { askHub, type HubView } from './hub.js';
import { ledgerOf, reasons } from './ledger.js';
import type { ClientOptions, ShowOptions } from './options.js';
import { type Target, targetOf } from './target.js';

/** `client show`: the current configuration; complete if the user kept one with its keys. */
export async function showClient(name: string, options: ShowOptions, io: Io): Promise<number> {
  const inventory = await open(options, io);
  const target = targetOf(inventory, name);
  if (options.kept !== undefined) return handAgain(target, options.kept, options, io);
  if (options.qr === true || options.conf !== undefined || options.png !== undefined) {
    throw new BridgeheadError('E_USAGE', `the private key of ${name} is not stored here`, {
      fix: `pass a configuration that you kept with --kept FILE, or make new keys: bridgehead client rekey ${name}`,
    });
  }
  const seen = await ask(target, options, io);
  const config = publicClientConfig(inventory, target.network, name, seen.publicKey);
  const handed = ledgerOf(inventory, options, io).get(ledgerKey(target.network.name, name));
  const scanAgain = handed === undefined ? [] : reasons(target, handed, seen);
  if (options.json === true) {
    const { client, network, hub } = target;
    const settings = clientSettings(inventory, network, name);
    const shown = { ...client, network: network.name, hub: hub.name, hubPublicKey: seen.publicKey, settings };
    io.stdout.write(
      `${JSON.stringify({ ...shown, handedOutFromHere: handed !== undefined, scanAgain }, null, 2)}\n`,
    );
  } else {
    io.stdout.write(shownText({ ...target, config, scanAgain, known: handed !== undefined }));
  }
  return EXIT.go;
}

/** The inventory to use. */
export async function open({ inventory }: ClientOptions, io: Io): Promise<Inventory> {
  const { loadInventory } = await import('../../inventory/index.js');
  return loadInventory(locateInventory(inventory, io.cwd));
}

async function ask({ inventory, hub, network }: Target, options: ClientOptions, io: Io): Promise<HubView> {
  return withTransport(inventory, options, io, (transport, signal) =>
    askHub(transport, hub, network, signal),
  );
}

/** A new configuration with the keys of the old one. */
async function handAgain(target: Target, kept: string, options: ShowOptions, io: Io): Promise<number> {
  const { client, network, hub } = target;
  const { privateKey, presharedKey } = keysOfConfig(readKept(kept));
  const pair = privateKey && keyPairOf(privateKey);
  if (!pair) throw refuse(kept, 'contains no private key', 'pass the file that client add --conf wrote');
  const foreign = `is not the configuration of ${client.name}: its public key is ${pair.publicKey}`;
  const fix = `the inventory has ${client.publicKey ?? 'none'}; bridgehead client rekey ${client.name} makes new keys`;
  if (pair.publicKey !== client.publicKey) throw refuse(kept, foreign, fix);
  const delivery = prepareDelivery(specimen(target), options, io);
  try {
    const seen = await ask(target, options, io);
    const peer = seen.peers.get(pair.publicKey);
    if (!peer)
      throw refuse(kept, `has keys that ${hub.name} doesn't know`, 'bridgehead apply gives them to it');
    const shared = network.presharedKeys &&
      presharedKey && { key: presharedKey, sha256: secretFingerprint(presharedKey) };
    if (peer.presharedKey !== (shared ? shared.sha256 : undefined)) {
      const rekey = `bridgehead client rekey ${client.name} makes new keys`;
      throw refuse(kept, `does not have the preshared key that ${hub.name} has`, rekey);
    }
    const keys = { pair, hubPublicKey: seen.publicKey, ...(shared && { shared }) };
    for (const file of await handOut(target, keys, delivery, options, io)) {
      io.stderr.write(`wrote ${file}: it contains the private key, and only you can read it\n`);
    }
    return EXIT.go;
  } finally {
    delivery.discard();
  }
}

function readKept(path: string): Secret {
  try {
    if ((statSync(path).mode & 0o077) !== 0) {
      throw refuse(path, 'is readable by others', `run: chmod 600 ${path}`);
    }
    return new Secret(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof BridgeheadError) throw cause;
    const evidence = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeheadError('E_USAGE', `--kept: ${path} cannot be read`, {
      evidence,
      fix: 'check the path',
      cause,
    });
  }
}

function refuse(path: string, what: string, fix: string): BridgeheadError {
  return new BridgeheadError('E_USAGE', `--kept: ${path} ${what}`, { fix });
}
