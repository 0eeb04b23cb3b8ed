import { readFileSync } from 'node:fs';
import { BridgeheadError, formatProblem, InputError, type Problem } from '../../core/errors.js';
import { isAtOrBelow, showPath } from '../../document/index.js';
import { RunSecrets } from '../../layers/pair-secrets.js';
import { freeAddresses } from '../../layers/wireguard/clients/free-address.js';
import { type KeyPair, makeKeyPair } from '../../layers/wireguard/clients/keys.js';
import { addressesFor, type Wish } from '../../layers/wireguard/clients/new-client.js';
import { addClient, setClientKey } from '../../layers/wireguard/inventory/edit-clients.js';
import type { Inventory, Network } from '../../model/inventory.js';
import type { Playbook } from '../../playbook/types.js';
import { sanitize } from '../../remote/sanitize.js';
import { addedText, type ClientChange } from '../../render/clients/text.js';
import { type StagedEdit, stageEdit } from '../staged-edit.js';
import type { Io } from '../terminal/io.js';
import { changeHub, loadForChange, print, publicParts, type Run } from './change.js';
import { type Delivery, prepareDelivery, showsCode } from './deliver-config.js';
import { handOut, specimen } from './handed.js';
import { askHub } from './hub.js';
import type { AddOptions, HandingOptions } from './options.js';
import { networkFor, resolveEdited, type Target, targetOf } from './target.js';

/** `client add`: an address, keys, a place in the inventory, a peer on the hub, and only then the configuration. */
export async function addNewClient(name: string, options: AddOptions, io: Io, run?: Run): Promise<number> {
  const { inventory, playbook } = await loadForChange(options, io);
  const network = networkFor(inventory, options.network);
  const { dns, reach, tunnel, hub } = options;
  const wish = { name, addresses: options.address, dns, reach, tunnel, hub };
  const pair = makeKeyPair();
  const addresses = chooseAddresses(inventory, network, wish, pair.publicKey);
  const entry = { ...wish, addresses, publicKey: pair.publicKey };
  const edit = (text: string) => addClient({ file: inventory.file, text }, network, entry);
  return giveKeys({ change: 'added', name, network, pair, edit, inventory, playbook, options, io, run });
}

/** Stands in for an invalid name while the other options are checked. */
const STAND_IN = 'it';

/** The addresses of a new client. If its name or addresses are invalid, the problems of its other options are reported too. */
function chooseAddresses(inventory: Inventory, network: Network, wish: Wish, publicKey: string) {
  try {
    return addressesFor(inventory, network, wish);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const addresses = freeAddresses(network).filter((address) => address !== undefined);
    const { file } = inventory;
    const entry = { ...wish, name: STAND_IN, addresses, publicKey };
    const text = addClient({ file, text: readFileSync(file, 'utf8') }, network, entry);
    throw new InputError([...error.problems, ...wordProblems(file, text, network)]);
  }
}

function wordProblems(file: string, text: string, network: Network): Problem[] {
  try {
    resolveEdited(file, text, { network: network.name, name: STAND_IN });
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.filter((problem) => problem.file.startsWith('--') && problem.file !== '--address');
  }
}

/** `client rekey`: new keys for a client, or its first ones. */
export async function rekeyClient(name: string, options: HandingOptions, io: Io): Promise<number> {
  const { inventory, playbook } = await loadForChange(options, io);
  const { network, client } = targetOf(inventory, name);
  const pair = makeKeyPair();
  const edit = (text: string) => setClientKey({ file: inventory.file, text }, network, name, pair.publicKey);
  const change = client.publicKey === undefined ? 'keyed' : 'rekeyed';
  return giveKeys({ change, name, network, pair, edit, inventory, playbook, options, io });
}

interface KeyWork {
  readonly change: ClientChange;
  readonly name: string;
  readonly network: Network;
  readonly pair: KeyPair;
  readonly edit: (text: string) => string;
  /** As it is now. */
  readonly inventory: Inventory;
  readonly playbook: Playbook;
  readonly options: HandingOptions;
  readonly io: Io;
  readonly run?: Run | undefined;
}

async function giveKeys(work: KeyWork): Promise<number> {
  const staged = stageEdit(work.inventory.file, work.edit);
  try {
    const target = targetAfter(staged.text, work);
    const delivery = prepareDelivery(specimen(target), work.options, work.io);
    try {
      return await changeThenHandOut(work, target, staged, delivery);
    } finally {
      delivery.discard();
    }
  } finally {
    staged.discard();
  }
}

function changeThenHandOut(
  { change, pair, playbook, options, io, run }: KeyWork,
  target: Target,
  staged: StagedEdit,
  delivery: Delivery,
): Promise<number> {
  const { network, hub, client } = target;
  const secrets = new RunSecrets();
  const shared = network.presharedKeys ? secrets.make(network.name, hub.name, client.name) : undefined;
  let hubPublicKey = '';
  const give = async () => {
    const files = await handOut(target, { pair, hubPublicKey, shared }, delivery, options, io);
    const event = { type: `client-${change}`, ...publicParts(target), hubPublicKey, files };
    print(options, io, event, addedText(change, target, { files, shown: showsCode(options) }));
  };
  return changeHub(target, {
    command: change === 'added' ? 'client add' : 'client rekey',
    playbook,
    staged,
    options,
    io,
    secrets,
    verify: async (transport, signal) => {
      const { peers, publicKey } = await askHub(transport, hub, network, signal);
      hubPublicKey = publicKey;
      const peer = peers.get(pair.publicKey);
      if (!peer || peer.presharedKey !== shared?.sha256) throw notTaken(target);
    },
    after: give,
    // Nobody else has the private key.
    unwritten: give,
    run,
  });
}

function targetAfter(text: string, { name, network, inventory: before, io }: KeyWork): Target {
  const path = showPath(['networks', network.name, 'clients', name]);
  const { inventory, warnings } = resolveEdited(before.file, text, { network: network.name, name });
  for (const warning of warnings.filter((one) => isAtOrBelow(one.path, path))) {
    io.stderr.write(`warning: ${sanitize(formatProblem(warning))}\n`);
  }
  return targetOf(inventory, name);
}

function notTaken({ hub, client }: Target): BridgeheadError {
  return new BridgeheadError('E_STEP', `${hub.name} has no peer with the new keys of ${client.name}`, {
    node: hub.name,
    fix: 'bridgehead check shows what is wrong on the hub',
  });
}
