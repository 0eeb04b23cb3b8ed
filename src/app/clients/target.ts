import { BridgeheadError, InputError, type Problem } from '../../core/errors.js';
import { parseYaml, showPath } from '../../document/index.js';
import { type LoadedInventory, resolveDocument } from '../../inventory/index.js';
import { atlasOf } from '../../model/atlas.js';
import type { Client, Inventory, Network, Node } from '../../model/inventory.js';
import type { Playbook } from '../../playbook/types.js';
import { unknownWord } from '../locate.js';

/** One client, and the hub that it connects to. */
export interface Target {
  readonly inventory: Inventory;
  readonly network: Network;
  readonly client: Client;
  readonly hub: Node;
}

/** The client of that name. Throws E_USAGE if there is none. */
export function targetOf(inventory: Inventory, name: string): Target {
  const network = inventory.networks.find(({ clients }) => clients.some((client) => client.name === name));
  const client = network?.clients.find((one) => one.name === name);
  const hub = atlasOf(inventory).nodes.get(network?.hubOf[name] ?? '');
  if (network && client && hub) return { inventory, network, client, hub };
  const known = inventory.networks.flatMap(({ clients }) => clients.map((one) => one.name));
  throw unknownWord('client', name, known);
}

/** The network that a new client joins: the one named, else the only one with a hub. Throws E_USAGE. */
export function networkFor({ networks }: Inventory, name: string | undefined): Network {
  const withHub = networks.filter(({ shape }) => shape === 'hub');
  const names = withHub.map((network) => network.name);
  const [only] = withHub;
  if (name !== undefined) {
    const named = networks.find((network) => network.name === name);
    if (named?.shape === 'hub') return named;
    if (named) throw noHub(`network ${name} is a mesh, and a client needs a hub to connect to`);
    throw unknownWord('network', name, names);
  }
  if (only && withHub.length === 1) return only;
  if (!only) throw noHub('no network in the inventory has a hub for a client to connect to');
  throw new BridgeheadError('E_USAGE', `several networks have hubs: ${names.join(', ')}`, {
    fix: 'choose one with --network',
  });
}

function noHub(message: string): BridgeheadError {
  return new BridgeheadError('E_USAGE', message, { fix: 'set shape: hub and hub: NODE in the network' });
}

/** The inventory after an edit that isn't written yet. Throws InputError, with problems of the new client by the command's options. */
export function resolveEdited(
  file: string,
  text: string,
  added?: { readonly network: string; readonly name: string },
): LoadedInventory {
  try {
    return resolveDocument(parseYaml(file, text));
  } catch (error) {
    if (!(error instanceof InputError) || added === undefined) throw error;
    const { network, name } = added;
    const entry = showPath(['networks', network, 'clients', name]);
    const hub = showPath(['networks', network, 'hubOf', name]);
    throw new InputError(error.problems.map((problem) => byOption(problem, entry, hub)));
  }
}

/** `networks.home.clients.phone.dns[0]` comes from `--dns`; no line of the file has it yet. */
function byOption(problem: Problem, entry: string, hub: string): Problem {
  const { path = '', message, fix } = problem;
  const word = path === hub ? 'hub' : path.startsWith(`${entry}.`) ? path.slice(entry.length + 1) : undefined;
  if (word === undefined && path !== entry) return problem;
  const option = /^\w+/.exec(word ?? '')?.[0];
  return { file: option === undefined ? 'NAME' : `--${option}`, message, ...(fix !== undefined && { fix }) };
}

const KINDS = new Set(['preshared-keys', 'wireguard', 'forwarding']);

/** The phases of a playbook that a hub's peers depend on. Throws E_USAGE if it has none. */
export function hubPhases({ phases, name }: Playbook): string[] {
  const found = phases.filter(({ steps }) => steps.some(({ kind }) => KINDS.has(kind)));
  if (!found.some(({ steps }) => steps.some(({ kind }) => kind === 'wireguard'))) {
    throw new BridgeheadError('E_USAGE', `playbook ${name} has no wireguard step`, {
      fix: 'choose one that has, with --playbook, such as hub',
    });
  }
  return found.map((phase) => phase.name);
}
