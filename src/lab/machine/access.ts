import { access, constants, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InputError, type Problem } from '../../core/errors.js';
import type { Inventory } from '../../model/inventory.js';
import { runCommand } from '../host/command.js';

export interface KeyPlan {
  /** Paths below the laptop's home that get the lab's key, besides `.ssh/id_ed25519`. */
  readonly homePaths: readonly string[];
  /** The user's own key files, whose public halves are authorized. */
  readonly files: readonly { readonly node: string; readonly path: string }[];
}

/** Sorts the keys that the inventory names into those of the laptop's home and those that the user has; pure. */
export function planKeys(inventory: Inventory): KeyPlan {
  const homePaths = new Set<string>();
  const files: { node: string; path: string }[] = [];
  for (const { name, ssh } of inventory.nodes) {
    if (ssh.key === undefined) continue;
    if (ssh.key.startsWith('~/')) homePaths.add(ssh.key.slice(2));
    else files.push({ node: name, path: resolve(dirname(inventory.file), ssh.key) });
  }
  homePaths.delete('.ssh/id_ed25519');
  return { homePaths: [...homePaths], files };
}

/** The public halves of the user's own keys. Throws InputError naming each that can't be read. */
export async function readPublicKeys(
  inventory: Inventory,
  files: KeyPlan['files'],
): Promise<readonly string[]> {
  const keys: string[] = [];
  const problems: Problem[] = [];
  for (const { node, path } of files) {
    const found = await publicKey(path);
    if (typeof found === 'string') keys.push(found);
    else problems.push({ file: inventory.file, path: `nodes.${node}.ssh.key`, ...found });
  }
  if (problems.length > 0) throw new InputError(problems);
  return [...new Set(keys)];
}

async function publicKey(path: string): Promise<string | Pick<Problem, 'message' | 'fix'>> {
  const fix = 'use a key below `~/`, where the lab puts its own, or one that exists';
  try {
    await access(path, constants.R_OK);
  } catch (cause) {
    return { message: `the key ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, fix };
  }
  const derived = await runCommand(['ssh-keygen', '-y', '-P', '', '-f', path]);
  if (derived.code === 0) return derived.stdout.trim();
  try {
    return (await readFile(`${path}.pub`, 'utf8')).trim();
  } catch (cause) {
    const why =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no .pub file next to it' : String(cause);
    return {
      message: `the key ${path} has a passphrase or is not a key, and ${why}`,
      fix: `put its public key at ${path}.pub`,
    };
  }
}
