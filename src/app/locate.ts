import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BridgeheadError } from '../core/errors.js';
import { PACKAGE_ROOT } from '../core/package-root.js';
import { didYouMean } from '../document/nearest.js';
import type { Network } from '../model/inventory.js';

export const DEFAULT_INVENTORY = 'inventory.yaml';
const SHIPPED = fileURLToPath(new URL('playbooks/', PACKAGE_ROOT));

/** The inventory to use: the given one, else inventory.yaml in the folder. Throws E_USAGE when there is neither. */
export function locateInventory(given: string | undefined, cwd: string): string {
  if (given !== undefined) return given;
  if (existsSync(join(cwd, DEFAULT_INVENTORY))) return DEFAULT_INVENTORY;
  const found = yamlFiles(join(cwd, 'inventory')).map((name) => `inventory/${name}`);
  throw new BridgeheadError('E_USAGE', 'no inventory given, and no inventory.yaml here', {
    fix:
      found.length > 0
        ? `choose one with -i: ${found.join(', ')}`
        : 'pass one with -i FILE, or write an example here: bridgehead init mesh',
  });
}

/** The playbook to use: a word names a built-in one, anything else is a file. Throws E_USAGE for an unknown word. */
export function locatePlaybook(given: string, folder = SHIPPED): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(given)) return given;
  const file = yamlFiles(folder).find((name) => name.replace(/\.ya?ml$/, '') === given);
  if (file !== undefined) return join(folder, file);
  throw unknownWord(
    'playbook',
    given,
    shippedPlaybooks(folder),
    '; or pass the path of a file, such as ./mine.yaml',
  );
}

/** Names of the built-in playbooks. */
export const shippedPlaybooks = (folder = SHIPPED): string[] =>
  yamlFiles(folder).map((name) => name.replace(/\.ya?ml$/, ''));

/** What of an inventory decides which built-in playbook fits it. */
export interface Purpose {
  readonly networks: readonly Partial<Pick<Network, 'shape'>>[];
  readonly apps?: readonly unknown[];
  readonly edges?: readonly unknown[];
  readonly closed?: readonly unknown[];
  readonly tailnets?: readonly unknown[];
  readonly dns?: unknown;
}

/** The built-in playbook that carries out all that the inventory says. */
export function defaultPlaybook(purpose: Purpose): string {
  const { networks, apps = [], edges = [], closed = [], tailnets = [], dns } = purpose;
  const isServed = apps.length > 0 || edges.length > 0 || dns !== undefined;
  if (isServed || tailnets.length > 0 || (closed.length > 0 && networks.length > 0)) return 'edge';
  if (closed.length > 0) return 'firewall';
  return networks.some(({ shape }) => shape === 'hub') ? 'hub' : 'mesh';
}

/** `no phase named "tunel"`, with the nearest name and all names as the fix. */
export function unknownWord(
  what: string,
  word: string,
  known: readonly string[],
  also = '',
): BridgeheadError {
  const guess = didYouMean(word, known);
  return new BridgeheadError('E_USAGE', `no ${what} named ${JSON.stringify(word)}`, {
    fix: `${guess === undefined ? '' : `${guess} `}the ${what}s are: ${known.join(', ') || 'none'}${also}`,
  });
}

function yamlFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort();
}
