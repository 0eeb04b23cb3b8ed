import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { type Document, isMap, isScalar, isSeq, parseDocument, visit, type YAMLMap } from 'yaml';
import type { ClientKey, JoinKey } from '../../lab/index.js';

export interface RehearsalInventory {
  /** The file to rehearse with: the user's own, or a copy of it. */
  readonly file: string;
  /** Sentences about what the copy leaves out. */
  readonly notes: readonly string[];
}

/** Settings of the real machines, which the lab's machines don't share. The lab has its own passwords below `~`. */
const REAL_ONLY = [
  { key: 'hostKey', what: 'pinned host keys', isReal: () => true },
  {
    key: 'sudoPasswordFile',
    what: 'sudo password files',
    isReal: (value: unknown) => !String(value).startsWith('~/'),
  },
] as const;

/** The lab's own key of a client. */
type PublicKey = Pick<ClientKey, 'network' | 'client' | 'publicKey'>;

/** The lab's own keys. */
export interface LabKeys {
  readonly clients?: readonly PublicKey[];
  readonly joins?: readonly JoinKey[];
}

/**
 * The inventory in a form that the lab can use. If it pins host keys, names password files, has clients or joins networks at a login
 * server, a copy without them, and with the lab's keys for the clients and for joining, is written into `folder`, comments kept,
 * readable only by its owner; relative paths in it are adjusted.
 */
export async function rehearsalInventory(
  file: string,
  folder: string,
  { clients = [], joins = [] }: LabKeys = {},
): Promise<RehearsalInventory> {
  const source = resolve(file);
  const document = parseDocument(await readFile(source, 'utf8'));
  const settings = sshSettings(document);
  const removed = REAL_ONLY.flatMap(({ key, what, isReal }) => {
    const count = settings.filter((ssh) => ssh.has(key) && isReal(ssh.get(key)) && ssh.delete(key)).length;
    return count === 0
      ? []
      : [`the inventory's ${what} (${count}) are for the real machines; the rehearsal uses the lab's own`];
  });
  const notes = [...removed, ...setKeys(document, clients), ...setJoinKeys(document, joins)];
  if (notes.length === 0) return { file: source, notes };
  const keep = (map: YAMLMap, key: string) => makeAbsolute(map, key, dirname(source));
  for (const ssh of settings) keep(ssh, 'key');
  visit(document, {
    Map: (_, map) => {
      keep(map, 'ca');
      if (map.items.length > 1) return;
      keep(map, 'file');
      runInFolder(map, dirname(source));
    },
  });
  const copy = join(folder, basename(source));
  await writeFile(copy, document.toString(), { mode: 0o600, flag: 'w' });
  return { file: copy, notes };
}

function setKeys(document: Document, keys: readonly PublicKey[]): string[] {
  for (const { network, client, publicKey } of keys) {
    document.setIn(['networks', network, 'clients', client, 'publicKey'], publicKey);
  }
  if (keys.length === 0) return [];
  return [`the inventory's clients (${keys.length}) keep their keys; the rehearsal makes its own`];
}

/** The lab's login server has other keys than the real one, and machines trust it by themselves. */
function setJoinKeys(document: Document, joins: readonly JoinKey[]): string[] {
  for (const { network, file } of joins) {
    document.setIn(['networks', network, 'authKey'], document.createNode({ file }));
    document.deleteIn(['networks', network, 'ca']);
  }
  if (joins.length === 0) return [];
  const names = joins.map(({ network }) => network).join(', ');
  return [`nodes join ${names} at the lab's own login server, with a key of it`];
}

function sshSettings(document: Document): YAMLMap[] {
  const nodes = document.get('nodes');
  const ofNodes = isMap(nodes)
    ? nodes.items.map(({ value }) => (isMap(value) ? value.get('ssh') : undefined))
    : [];
  return [document.getIn(['defaults', 'ssh']), ...ofNodes].filter((ssh) => isMap(ssh));
}

/** A command that prints a secret runs in the folder of the inventory. */
function runInFolder(map: YAMLMap, folder: string): void {
  const words = map.get('command', true);
  if (isSeq(words)) words.items.unshift('env', `--chdir=${folder}`);
}

function makeAbsolute(ssh: YAMLMap, key: string, folder: string): void {
  const node = ssh.get(key, true);
  if (!isScalar(node) || typeof node.value !== 'string') return;
  const path = node.value;
  if (!path.startsWith('~') && !isAbsolute(path)) node.value = resolve(folder, path);
}
