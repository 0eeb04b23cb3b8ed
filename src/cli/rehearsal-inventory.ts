import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { type Document, isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';

export interface RehearsalInventory {
  /** The file to rehearse with: the user's own, or the copy of it. */
  readonly file: string;
  /** Sentences on what the copy leaves out. */
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

/**
 * The inventory as the lab can use it. Where it pins host keys or names password files, a copy without them is written
 * into `folder`, comments kept, readable by its owner alone; relative paths in it lead where they led before.
 */
export async function rehearsalInventory(file: string, folder: string): Promise<RehearsalInventory> {
  const source = resolve(file);
  const document = parseDocument(await readFile(source, 'utf8'));
  const settings = sshSettings(document);
  const notes = REAL_ONLY.flatMap(({ key, what, isReal }) => {
    const removed = settings.filter((ssh) => ssh.has(key) && isReal(ssh.get(key)) && ssh.delete(key)).length;
    return removed === 0
      ? []
      : [`the inventory's ${what} (${removed}) are for the real machines: the rehearsal uses the lab's own`];
  });
  if (notes.length === 0) return { file: source, notes };
  for (const ssh of settings) makeAbsolute(ssh, 'key', dirname(source));
  const copy = join(folder, basename(source));
  await writeFile(copy, document.toString(), { mode: 0o600, flag: 'w' });
  return { file: copy, notes };
}

function sshSettings(document: Document): YAMLMap[] {
  const nodes = document.get('nodes');
  const ofNodes = isMap(nodes)
    ? nodes.items.map(({ value }) => (isMap(value) ? value.get('ssh') : undefined))
    : [];
  return [document.getIn(['defaults', 'ssh']), ...ofNodes].filter((ssh) => isMap(ssh));
}

function makeAbsolute(ssh: YAMLMap, key: string, folder: string): void {
  const node = ssh.get(key, true);
  if (!isScalar(node) || typeof node.value !== 'string') return;
  const path = node.value;
  if (!path.startsWith('~') && !isAbsolute(path)) node.value = resolve(folder, path);
}
