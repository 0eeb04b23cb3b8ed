import { resolve } from 'node:path';
import { addressesFor, type KeyPair, ledgerFile, makeKeyPair, recordInLedger } from '../clients/index.js';
import { showPath } from '../document/index.js';
import { BridgeheadError, EXIT, formatProblem } from '../errors.js';
import { addClient, removeClient, setClientKey } from '../inventory/edit-clients.js';
import type { Inventory, Network } from '../inventory/types.js';
import { sanitize } from '../remote/sanitize.js';
import type { Transport } from '../remote/transport.js';
import { addedText, type Change, revokedText } from '../render/client-text.js';
import { type PairSecrets, RunSecrets } from '../steps/pair-secrets.js';
import { canConfirm } from './ask.js';
import { handOut, specimen } from './client-handed.js';
import { askHub } from './client-hub.js';
import type { AddOptions, ClientOptions, HandingOptions } from './client-options.js';
import { hubPhases, networkFor, resolveEdited, type Target, targetOf } from './client-target.js';
import { prepareHandover } from './handover.js';
import type { Io } from './io.js';
import { load } from './load.js';
import { stateDir } from './options.js';
import { perform } from './perform.js';
import { type StagedEdit, stageEdit } from './staged-edit.js';

const AT_ONCE = 16;

/** `client add`: an address, keys, a place in the inventory, a peer on the hub, and only then the configuration. */
export async function addNewClient(name: string, options: AddOptions, io: Io): Promise<number> {
  const { inventory, playbook } = await loadFor(options, io);
  const network = networkFor(inventory, options.network);
  const wish = { ...options, name, addresses: options.address };
  const addresses = addressesFor(inventory, network, wish);
  const pair = makeKeyPair();
  const { dns, reach, tunnel, hub } = options;
  const entry = { name, addresses, publicKey: pair.publicKey, tunnel, dns, reach, hub };
  const edit = (text: string) => addClient({ file: inventory.file, text }, network, entry);
  return giveKeys('added', { name, network, pair, edit, before: inventory, playbook, options, io });
}

/** `client rekey`: new keys for a client, and its first ones where it has none. */
export async function rekeyClient(name: string, options: HandingOptions, io: Io): Promise<number> {
  const { inventory, playbook } = await loadFor(options, io);
  const { network, client } = targetOf(inventory, name);
  const pair = makeKeyPair();
  const edit = (text: string) => setClientKey({ file: inventory.file, text }, network, name, pair.publicKey);
  const change = client.publicKey === undefined ? 'keyed' : 'rekeyed';
  return giveKeys(change, { name, network, pair, edit, before: inventory, playbook, options, io });
}

interface Work extends Pick<Awaited<ReturnType<typeof load>>, 'playbook'> {
  readonly options: ClientOptions;
  readonly io: Io;
}

interface KeyWork extends Work {
  readonly name: string;
  readonly network: Network;
  /** The inventory as it is. */
  readonly before: Inventory;
  readonly edit: (text: string) => string;
  readonly pair: KeyPair;
  readonly options: HandingOptions;
}

async function giveKeys(change: Change, work: KeyWork): Promise<number> {
  const { name, pair, before, options, io } = work;
  const staged = stageEdit(before.file, work.edit);
  return settle(staged, async () => {
    const target = targetAfter(staged.text, work);
    const { network, hub } = target;
    const handover = prepareHandover(specimen(target), options, io);
    const secrets = new RunSecrets();
    if (network.presharedKeys) secrets.make(network.name, hub.name, name);
    try {
      const exit = await changeHub(work, target, secrets, async (transport, signal) => {
        const seen = await askHub(transport, hub, network, signal);
        if (!seen.peers.has(pair.publicKey)) throw missing(target);
        staged.commit();
        const shared = secrets.made(network.name, hub.name, name);
        const keys = { pair, hubPublicKey: seen.publicKey, shared };
        const files = await handOut(target, keys, handover, options, io);
        tell(options, io, {
          json: { type: `client-${change}`, ...publicParts(target), hubPublicKey: seen.publicKey, files },
          text: addedText(change, target, { files, shown: shows(options) }),
        });
      });
      return exit;
    } finally {
      handover.discard();
    }
  });
}

/** `client revoke`: off the hub, then out of the inventory; its address is free again. */
export async function revokeClient(name: string, options: ClientOptions, io: Io): Promise<number> {
  const { inventory, playbook } = await loadFor(options, io);
  const target = targetOf(inventory, name);
  const { network, client, hub } = target;
  const edit = (text: string) => removeClient({ file: inventory.file, text }, network, name);
  const staged = stageEdit(inventory.file, edit);
  return settle(staged, async () => {
    const after = resolveEdited(inventory.file, staged.text, '').inventory;
    const work = { playbook, options, io };
    return changeHub(work, { ...target, inventory: after }, new RunSecrets(), async (transport, signal) => {
      const seen = await askHub(transport, hub, network, signal);
      if (client.publicKey !== undefined && seen.peers.has(client.publicKey)) throw lingering(target);
      staged.commit();
      recordInLedger(ledgerFile(stateDir(options.stateDir, io)), {
        kind: 'revoked',
        at: new Date().toISOString(),
        inventory: resolve(inventory.file),
        network: network.name,
        client: name,
      });
      tell(options, io, {
        json: { type: 'client-revoked', ...publicParts(target) },
        text: revokedText(target),
      });
    });
  });
}

async function loadFor(options: ClientOptions, io: Io) {
  if (options.yes !== true && !canConfirm(io, options.json === true)) {
    throw new BridgeheadError(
      'E_USAGE',
      'the hub is asked about before it is changed, and nobody can answer here',
      {
        fix: 'add --yes to change it without asking',
      },
    );
  }
  return load(options, io);
}

function targetAfter(text: string, { name, network, before, io }: KeyWork): Target {
  const path = showPath(['networks', network.name, 'clients', name]);
  const { inventory, warnings } = resolveEdited(before.file, text, path);
  for (const warning of warnings.filter((one) => one.path?.startsWith(path))) {
    io.stderr.write(`warning: ${sanitize(formatProblem(warning))}\n`);
  }
  return targetOf(inventory, name);
}

/** The ordinary engine, on the hub alone: what else it finds to change there it shows and makes, too. */
async function changeHub(
  { playbook, options, io }: Work,
  { inventory, hub }: Target,
  secrets: PairSecrets,
  after: (transport: Transport, signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const { exit } = await perform({
    command: 'apply',
    inventory,
    playbook,
    phases: hubPhases(playbook),
    only: [hub.name],
    options: { ...options, concurrency: AT_ONCE },
    io,
    secrets,
    after,
  });
  if (exit !== EXIT.go) {
    io.stderr.write(
      `The inventory is as it was, and nothing was handed out. Should ${hub.name} have been changed, bridgehead apply makes it as the inventory says.\n`,
    );
  }
  return exit;
}

/** Leaves the inventory as it was unless the work has put the new one in place. */
async function settle(staged: StagedEdit, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } finally {
    staged.discard();
  }
}

function missing({ hub, client }: Target): BridgeheadError {
  return new BridgeheadError('E_STEP', `${hub.name} has no peer with the new key of ${client.name}`, {
    node: hub.name,
    fix: 'bridgehead check tells what is wrong on the hub; nothing was handed out',
  });
}

function lingering({ hub, client }: Target): BridgeheadError {
  return new BridgeheadError('E_STEP', `${hub.name} still has the peer of ${client.name}`, {
    node: hub.name,
    fix: 'bridgehead check tells what is wrong on the hub; the client is in the inventory still',
  });
}

function shows({ qr, conf, png }: HandingOptions): boolean {
  return qr === true || (conf === undefined && png === undefined);
}

function publicParts({ network, client, hub }: Target): object {
  const { name, addresses, publicKey, tunnel, dns, reach } = client;
  return { client: name, network: network.name, hub: hub.name, addresses, publicKey, tunnel, dns, reach };
}

function tell(
  { json }: ClientOptions,
  io: Io,
  { json: object, text }: { readonly json: object; readonly text: string },
): void {
  io.stdout.write(json === true ? `${JSON.stringify(object)}\n` : text);
}
