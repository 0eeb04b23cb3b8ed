import { resolve } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import type { PairSecret } from '../../layers/pair-secrets.js';
import type { KeyPair } from '../../layers/wireguard/clients/keys.js';
import { type HandedOut, ledgerFile, recordInLedger } from '../../layers/wireguard/clients/ledger.js';
import { clientConfig, clientSettings } from '../../layers/wireguard/overlay/client-config.js';
import { stateDir } from '../options.js';
import type { Io } from '../terminal/io.js';
import type { Delivery } from './deliver-config.js';
import type { ClientOptions } from './options.js';
import type { Target } from './target.js';

/** The keys of one configuration; `sha256` of the preshared key is hex. */
export interface Keys {
  readonly pair: KeyPair;
  readonly hubPublicKey: string;
  readonly shared?: Pick<PairSecret, 'key' | 'sha256'> | undefined;
}

/** A configuration as long as the final one, to check whether its code fits. */
export function specimen({ inventory, network, client }: Target): Secret {
  const key = `${'A'.repeat(43)}=`;
  return clientConfig(inventory, network, client.name, {
    privateKey: new Secret(key),
    hubPublicKey: key,
    ...(network.presharedKeys && { presharedKey: new Secret(key) }),
  });
}

/** Shows and writes a client's configuration, and records it in the ledger without secrets. Returns the paths of the files. */
export async function handOut(
  { inventory, network, client }: Target,
  { pair, hubPublicKey, shared }: Keys,
  delivery: Delivery,
  options: ClientOptions,
  io: Io,
): Promise<readonly string[]> {
  const config = clientConfig(inventory, network, client.name, {
    privateKey: pair.privateKey,
    hubPublicKey,
    ...(shared && { presharedKey: shared.key }),
  });
  const files = await deliver(delivery, config, client.name);
  const entry: HandedOut = {
    kind: 'handed-out',
    at: new Date().toISOString(),
    inventory: resolve(inventory.file),
    name: inventory.name,
    network: network.name,
    client: client.name,
    publicKey: pair.publicKey,
    hubPublicKey,
    settings: clientSettings(inventory, network, client.name),
    ...(shared && { presharedKey: shared.sha256 }),
  };
  recordInLedger(ledgerFile(stateDir(options.stateDir, io)), entry);
  return files;
}

async function deliver(delivery: Delivery, config: Secret, client: string): Promise<readonly string[]> {
  try {
    return await delivery.deliver(config);
  } catch (cause) {
    throw new BridgeheadError('E_STEP', `the configuration of ${client} could not be written`, {
      evidence: cause instanceof Error ? cause.message : String(cause),
      fix: `its keys are lost; bridgehead client rekey ${client} makes new ones`,
      cause,
    });
  }
}
