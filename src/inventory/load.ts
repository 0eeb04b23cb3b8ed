import { check, inOrder, loadDocument, publishedSchema, type YamlDocument } from '../document/index.js';
import { InputError, type Problem } from '../errors.js';
import { deepFreeze } from './freeze.js';
import type { RawInventory } from './raw.js';
import { Resolution } from './resolution.js';
import { checkJumps } from './resolve-jumps.js';
import { resolveNetworks } from './resolve-networks.js';
import { resolveNodes } from './resolve-nodes.js';
import { resolveSites } from './resolve-sites.js';
import type { Inventory } from './types.js';

export interface LoadedInventory {
  readonly inventory: Inventory;
  /** What works but will probably bite, in the order of the file. */
  readonly warnings: readonly Problem[];
}

/** Loads, validates, resolves, lints and deeply freezes an inventory. Throws InputError with every problem of the file at once. */
export async function loadInventory(file: string): Promise<Inventory> {
  return (await readInventory(file)).inventory;
}

/** The same, with the warnings. */
export async function readInventory(file: string): Promise<LoadedInventory> {
  return resolveDocument(loadDocument(file));
}

/** The same for a document that is at hand. */
export function resolveDocument(document: YamlDocument): LoadedInventory {
  const { problems, sound } = check(document, publishedSchema('inventory.schema.json'));
  const work = new Resolution(document, (sound ?? {}) as RawInventory);
  const inventory = resolve(work);
  const all = [...problems, ...work.problems];
  if (all.length > 0) throw new InputError(inOrder(all));
  return { inventory: deepFreeze(inventory), warnings: [] };
}

function resolve(work: Resolution): Inventory {
  const { raw, document } = work;
  const sites = resolveSites(work);
  const nodes = resolveNodes(work);
  checkJumps(work, nodes);
  const networks = resolveNetworks(work);
  const laptop = raw.lab?.laptop;
  const known = laptop !== undefined && work.refer(['lab', 'laptop'], laptop, 'site');
  return {
    file: document.file,
    name: raw.name ?? '',
    sites,
    nodes,
    networks,
    lab: known ? { laptop } : {},
  };
}
