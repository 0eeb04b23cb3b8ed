import { resolve } from 'node:path';
import type { Facts } from '../../layers/step.js';
import { ledgerFile, ledgerKey, recordInLedger } from '../../layers/wireguard/clients/ledger.js';
import { publicKeyFact } from '../../layers/wireguard/facts.js';
import type { Inventory } from '../../model/inventory.js';
import { staleClientsText } from '../../render/clients/stale.js';
import type { Mode } from '../../runner/events/commands.js';
import { type Options, stateDir } from '../options.js';
import { type Io, paintFor } from '../terminal/io.js';
import { hubKeysOf, ledgerOf, reasons } from './ledger.js';
import { targetOf } from './target.js';

export interface StaleRequest {
  readonly command: Mode;
  readonly facts: Facts;
  readonly options: Pick<Options, 'json' | 'color' | 'stateDir'>;
  readonly io: Io;
}

/**
 * Lists the clients whose configuration is out of date, by the ledger and the hub's current key; an apply records that key,
 * for commands that don't connect.
 */
export function printStaleClients(inventory: Inventory, request: StaleRequest): void {
  const names = inventory.networks.flatMap(({ clients }) => clients.map(({ name }) => name));
  if (names.length === 0) return;
  const { command, facts, options, io } = request;
  const file = ledgerFile(stateDir(options.stateDir, io));
  const handed = ledgerOf(inventory, options, io);
  const known = new Map(hubKeysOf(inventory, options, io));
  const rows = names.flatMap((name) => {
    const target = targetOf(inventory, name);
    const { network, hub } = target;
    const key = facts.get(hub.name, publicKeyFact(network.interface));
    const hubKey = ledgerKey(network.name, hub.name);
    if (command === 'apply' && key !== undefined && known.get(hubKey) !== key) {
      known.set(hubKey, key);
      const at = new Date().toISOString();
      const from = { inventory: resolve(inventory.file), name: inventory.name, network: network.name };
      recordInLedger(file, { kind: 'hub-key', at, ...from, hub: hub.name, publicKey: key });
    }
    const entry = handed.get(ledgerKey(network.name, name));
    const why = entry === undefined ? [] : reasons(target, entry, { publicKey: key ?? known.get(hubKey) });
    return why.length === 0 ? [] : [{ name, why }];
  });
  if (rows.length === 0) return;
  const stream = options.json === true ? 'stderr' : 'stdout';
  io[stream].write(`\n${staleClientsText(rows, inventory.file, paintFor(io, stream, options.color))}`);
}
