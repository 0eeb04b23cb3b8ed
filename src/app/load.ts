import { InputError, type Problem } from '../core/errors.js';
import { rejections } from '../core/settled.js';
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

type LoadOptions = Pick<Options, 'inventory' | 'playbook' | 'deep'> &
  Partial<Pick<Options, 'phase' | 'from'>>;

/** Loads inventory and playbook, without deep phases that the options don't ask for. Throws one InputError with the problems of both. */
export async function load(
  { inventory, playbook, deep, phase = [], from }: LoadOptions,
  io: Io,
): Promise<Loaded> {
  const inventoryFile = locateInventory(inventory, io.cwd);
  const playbookFile = playbook === undefined ? undefined : locatePlaybook(playbook);
  const [{ readInventory }, { loadPlaybook, withoutDeep }] = await Promise.all([
    import('../inventory/index.js'),
    import('../playbook/index.js'),
  ]);
  const reading = readInventory(inventoryFile);
  const [first, second] = await Promise.allSettled([
    reading,
    loadPlaybook(playbookFile ?? locatePlaybook(defaultPlaybook((await reading).inventory))),
  ]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') {
    const phases = from === undefined ? phase : [...phase, from];
    return { ...first.value, playbook: withoutDeep(second.value, { deep, phases }) };
  }
  throw mergedProblems(rejections([first, second]));
}

/** The playbook for an inventory that is at hand. */
export async function loadPlaybookFor(
  inventory: Inventory,
  { playbook }: Pick<Options, 'playbook'>,
): Promise<Playbook> {
  const { loadPlaybook, withoutDeep } = await import('../playbook/index.js');
  return withoutDeep(await loadPlaybook(locatePlaybook(playbook ?? defaultPlaybook(inventory))), {});
}

/** One InputError with the problems of all; an error of another kind comes first. */
export function mergedProblems(reasons: readonly unknown[]): unknown {
  const problems: Problem[] = [];
  for (const reason of reasons) {
    if (!(reason instanceof InputError)) return reason;
    problems.push(...reason.problems);
  }
  return new InputError(problems);
}
