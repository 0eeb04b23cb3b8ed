import { InputError, type Problem } from '../core/errors.js';
import { inOrder } from '../document/index.js';
import type { JudgedInventory } from '../inventory/index.js';
import type { Inventory } from '../model/inventory.js';
import type { Playbook } from '../playbook/types.js';
import type { Judging } from '../runner/plan/misfits.js';
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

/**
 * Loads inventory and playbook, without deep phases that the options don't ask for. Throws one InputError with the problems of both,
 * and those that they have only together.
 */
export async function load(options: LoadOptions, io: Io): Promise<Loaded> {
  const { deep, phase = [], from } = options;
  const inventoryFile = locateInventory(options.inventory, io.cwd);
  const playbookFile = options.playbook === undefined ? undefined : locatePlaybook(options.playbook);
  const [{ judgeInventory }, { readPlaybook, withoutDeep }] = await Promise.all([
    import('../inventory/index.js'),
    import('../playbook/index.js'),
  ]);
  const judging = promiseOf(() => judgeInventory(inventoryFile));
  const named = playbookFile ?? locatePlaybook(defaultPlaybook(soundOf(await judging)));
  const [first, second] = await Promise.allSettled([judging, promiseOf(() => readPlaybook(named))]);
  if (first.status === 'rejected' || second.status === 'rejected') {
    throw mergedProblems([...wrongWith(first), ...wrongWith(second)]);
  }
  const { inventory, warnings, problems: faults } = first.value;
  const { problems, doubtful } = second.value;
  const phases = from === undefined ? phase : [...phase, from];
  const playbook = withoutDeep(second.value.playbook, { deep, phases });
  if (faults.length + problems.length === 0) return { inventory, playbook, warnings };
  const misfits = await together(inventory, playbook, { faults, doubtful });
  throw new InputError([...faults, ...inOrder([...problems, ...misfits])]);
}

/** Throws InputError with what an inventory and a playbook, each sound, have wrong together. */
export async function requireFit({ inventory, playbook }: Loaded): Promise<void> {
  const misfits = await together(inventory, playbook, {});
  if (misfits.length > 0) throw new InputError(misfits);
}

async function together(inventory: Inventory, playbook: Playbook, known: Omit<Judging, 'secrets'>) {
  const [{ misfitsOf }, { RunSecrets }] = await Promise.all([
    import('../runner/plan/misfits.js'),
    import('../layers/pair-secrets.js'),
  ]);
  return misfitsOf(inventory, playbook, { secrets: new RunSecrets(), ...known });
}

const promiseOf = async <T>(work: () => T): Promise<T> => work();

/** Which playbook is the usual one is known only of an inventory without mistakes. */
function soundOf({ inventory, problems }: JudgedInventory): Inventory {
  if (problems.length > 0) throw new InputError(problems);
  return inventory;
}

function wrongWith(settled: PromiseSettledResult<{ readonly problems: readonly Problem[] }>): unknown[] {
  if (settled.status === 'rejected') return [settled.reason];
  const { problems } = settled.value;
  return problems.length === 0 ? [] : [new InputError(problems)];
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
