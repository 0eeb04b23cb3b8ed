import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Plain } from '../../../document/index.js';
import type { JoinKey } from '../../../lab/index.js';
import { readLocalSource } from '../../../layers/host/steps/local-source.js';
import { atlasOf } from '../../../model/atlas.js';
import type { Inventory, Node } from '../../../model/inventory.js';
import type { LabKeys } from '../inventory.js';
import type { Former } from './former.js';

export interface FormerFiles {
  readonly inventory: string;
  readonly playbook: string;
}

/**
 * Writes the former inventory and playbook into a folder of the lab, readable only by their owner: with the logins of the
 * new inventory, and the lab's keys for clients and for joining networks.
 */
export async function writeFormer(
  former: Former,
  next: Inventory,
  keys: LabKeys,
  folder: string,
): Promise<FormerFiles> {
  const files = { inventory: join(folder, 'inventory.yaml'), playbook: join(folder, 'playbook.yaml') };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const playbook = await readFile(former.playbook.file, 'utf8');
  const options = { mode: 0o600 };
  await writeFile(files.inventory, stringify(formerData(former, next, keys)), options);
  await writeFile(files.playbook, playbook, options);
  await copySources(playbook, former.playbook.folder, folder);
  return files;
}

type Mapping = { [key: string]: Plain };

const mappingOf = (value: Plain | undefined): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

/** The data of the former inventory with the new logins. */
export function formerData(
  { source, inventory }: Pick<Former, 'source' | 'inventory'>,
  next: Inventory,
  { clients: keys = [], joins = [] }: LabKeys,
): Plain {
  const { defaults, ...data } = mappingOf(source);
  const { ssh, ...others } = mappingOf(defaults);
  const nodes = mappingOf(data['nodes']);
  for (const node of inventory.nodes) {
    const login = loginOf(atlasOf(next).nodes.get(node.name) ?? node, next, inventory);
    nodes[node.name] = { ...mappingOf(nodes[node.name]), ssh: login };
  }
  const networks = mappingOf(data['networks']);
  for (const { network, client, publicKey } of keys) {
    const one = mappingOf(networks[network]);
    const clients = mappingOf(one['clients']);
    if (clients[client] === undefined) continue;
    clients[client] = { ...mappingOf(clients[client]), publicKey };
    networks[network] = { ...one, clients };
  }
  for (const join of joins) setJoinKey(networks, join);
  return {
    ...data,
    ...(Object.keys(others).length === 0 ? {} : { defaults: others }),
    nodes,
    ...(data['networks'] === undefined ? {} : { networks }),
  };
}

function setJoinKey(networks: Mapping, { network, file }: JoinKey): void {
  if (networks[network] === undefined) return;
  const { ca: _, ...one } = mappingOf(networks[network]);
  networks[network] = { ...one, authKey: { file } };
}

function loginOf({ ssh }: Node, next: Inventory, former: Inventory): Mapping {
  const { host, port, user, key, jump, sudo, sudoPasswordFile } = ssh;
  const isOfLab = sudoPasswordFile?.startsWith('~/') === true;
  return {
    host,
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(key === undefined ? {} : { key }),
    ...(jump === undefined ? {} : { jump: jumpOf(jump, next, former) }),
    sudo,
    ...(isOfLab && sudoPasswordFile !== undefined ? { sudoPasswordFile } : {}),
  };
}

/** A node that the former inventory has by its name, another by its login. */
function jumpOf(jump: string, next: Inventory, former: Inventory): string {
  const through = atlasOf(next).nodes.get(jump);
  if (through === undefined || atlasOf(former).nodes.has(jump)) return jump;
  const { host, port, user } = through.ssh;
  const at = host.includes(':') ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${at}${port === undefined ? '' : `:${port}`}`;
}

/** Copies the files that a playbook's `file` steps send, as they are now; the apply reports what is wrong with one. */
async function copySources(text: string, from: string, to: string): Promise<void> {
  for (const source of sourcesIn(text)) {
    const read = readLocalSource(from, source);
    if ('problem' in read) continue;
    const copy = join(to, relative(from, resolve(from, source)));
    await mkdir(dirname(copy), { recursive: true, mode: 0o700 });
    await writeFile(copy, read.text, { mode: 0o600 });
  }
}

/** The local files that a playbook names. */
export function sourcesIn(text: string): string[] {
  const { phases } = mappingOf(parse(text));
  const steps = itemsOf(phases).flatMap((phase) => itemsOf(mappingOf(phase)['steps']));
  return steps.flatMap((step) => {
    const { source } = mappingOf(mappingOf(step)['file']);
    return typeof source === 'string' ? [source] : [];
  });
}

const itemsOf = (value: Plain | undefined): readonly Plain[] => (Array.isArray(value) ? value : []);
