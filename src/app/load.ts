import { InputError, type Problem } from '../core/errors.js';
import type { Inventory } from '../model/inventory.js';
import type { Playbook } from '../playbook/types.js';
import { defaultPlaybook, locateInventory, locatePlaybook } from './locate.js';
import type { Options } from './options.js';
import type { Io } from './terminal/io.js';

export interface Loaded {
  readonly inventory: Inventory;
  readonly playbook: Playbook;
  /** What works but will probably cause trouble. */
  readonly warnings: readonly Problem[];
}

/** Loads inventory and playbook. Throws one InputError with the problems of both. */
export async function load(
  { inventory, playbook }: Pick<Options, 'inventory' | 'playbook'>,
  io: Io,
): Promise<Loaded> {
  const inventoryFile = locateInventory(inventory, io.cwd);
  const playbookFile = playbook === undefined ? undefined : locatePlaybook(playbook);
  const [{ readInventory }, { loadPlaybook }] = await Promise.all([
    import('../inventory/index.js'),
    import('../playbook/index.js'),
  ]);
  const reading = readInventory(inventoryFile);
  const [first, second] = await Promise.allSettled([
    reading,
    loadPlaybook(playbookFile ?? locatePlaybook(defaultPlaybook((await reading).inventory))),
  ]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') {
    return { ...first.value, playbook: second.value };
  }
  throw merge(
    [first, second].flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  );
}

/** The playbook for an inventory that is at hand. */
export async function loadPlaybookFor(
  inventory: Inventory,
  { playbook }: Pick<Options, 'playbook'>,
): Promise<Playbook> {
  const { loadPlaybook } = await import('../playbook/index.js');
  return loadPlaybook(locatePlaybook(playbook ?? defaultPlaybook(inventory)));
}

function merge(reasons: readonly unknown[]): unknown {
  const problems: Problem[] = [];
  for (const reason of reasons) {
    if (!(reason instanceof InputError)) return reason;
    problems.push(...reason.problems);
  }
  return new InputError(problems);
}
