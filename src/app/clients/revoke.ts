import { resolve } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import { ledgerFile, recordInLedger } from '../../layers/wireguard/clients/ledger.js';
import { removeClient } from '../../layers/wireguard/inventory/edit-clients.js';
import { revokedText } from '../../render/clients/text.js';
import { stateDir } from '../options.js';
import { stageEdit } from '../staged-edit.js';
import type { Io } from '../terminal/io.js';
import { changeHub, loadForChange, print, publicParts } from './change.js';
import { askHub } from './hub.js';
import type { ClientOptions } from './options.js';
import { resolveEdited, type Target, targetOf } from './target.js';

/** `client revoke`: removes it from the hub, then from the inventory. */
export async function revokeClient(name: string, options: ClientOptions, io: Io): Promise<number> {
  const { inventory, playbook } = await loadForChange(options, io);
  const target = targetOf(inventory, name);
  const { network, client, hub } = target;
  const { file } = inventory;
  const staged = stageEdit(file, (text) => removeClient({ file, text }, network, name));
  try {
    const after = { ...target, inventory: resolveEdited(file, staged.text).inventory };
    return await changeHub(after, {
      command: 'client revoke',
      playbook,
      staged,
      options,
      io,
      verify: async (transport, signal) => {
        const { peers } = await askHub(transport, hub, network, signal);
        if (client.publicKey !== undefined && peers.has(client.publicKey)) throw lingering(target);
      },
      after: async () => {
        recordInLedger(ledgerFile(stateDir(options.stateDir, io)), {
          kind: 'revoked',
          at: new Date().toISOString(),
          inventory: resolve(file),
          network: network.name,
          client: name,
          name: target.inventory.name,
          ...(client.publicKey !== undefined && { publicKey: client.publicKey }),
        });
        print(options, io, { type: 'client-revoked', ...publicParts(target) }, revokedText(target));
      },
    });
  } finally {
    staged.discard();
  }
}

function lingering({ hub, client }: Target): BridgeheadError {
  return new BridgeheadError('E_STEP', `${hub.name} still has the peer of ${client.name}`, {
    node: hub.name,
    fix: 'bridgehead check shows what is wrong on the hub',
  });
}
