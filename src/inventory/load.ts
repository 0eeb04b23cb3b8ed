import { InputError, type Problem } from '../core/errors.js';
import {
  check,
  inOrder,
  isAtOrBelow,
  loadDocument,
  madeOf,
  showPath,
  type YamlDocument,
} from '../document/index.js';
import { SELECTORS } from '../layers/index.js';
import type { Lint } from '../layers/lint.js';
import { Resolution } from '../layers/resolution.js';
import { LAYERS } from '../layers/table.js';
import type { Inventory, LayerValues } from '../model/inventory.js';
import type { RawInventory } from '../model/raw.js';
import { deepFreeze } from './freeze.js';
import { locate } from './locate-lint.js';
import { checkJumps } from './resolve-jumps.js';
import { resolveLab } from './resolve-lab.js';
import { resolveNodes } from './resolve-nodes.js';
import { resolveSites } from './resolve-sites.js';
import { inventorySchema } from './schema.js';

export interface LoadedInventory {
  readonly inventory: Inventory;
  /** What works but will probably bite, in the order of the file. */
  readonly warnings: readonly Problem[];
}

/** An inventory, with all that is wrong with it. */
export interface JudgedInventory extends LoadedInventory {
  /** Errors, in the order of the file. */
  readonly problems: readonly Problem[];
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
  const { problems, ...loaded } = judgeDocument(document);
  if (problems.length > 0) throw new InputError(atMost(problems));
  return loaded;
}

/** The inventory as far as it is sound, to judge what else depends on it. Throws InputError if nothing of the file can be judged. */
export function judgeInventory(file: string): JudgedInventory {
  const judged = judgeDocument(loadDocument(file));
  return { ...judged, problems: atMost(judged.problems) };
}

function judgeDocument(document: YamlDocument): JudgedInventory {
  const { nodes, phases } = document.value;
  if (nodes === undefined && phases !== undefined) {
    throw new InputError([
      document.problem(['phases'], 'is a playbook', 'name it with -p; -i is for an inventory', 'key'),
    ]);
  }
  const { problems, echoes, sound } = check(document, inventorySchema());
  const work = new Resolution(document, (sound ?? {}) as RawInventory, { problems, echoes }, SELECTORS);
  const values = resolve(work);
  const wrong = [...problems, ...work.problems];
  const openings = wrong.length > 0 ? [] : LAYERS.flatMap((layer) => layer.openings?.(values) ?? []);
  const inventory = { ...values, openings };
  const lints = LAYERS.flatMap(({ lintParts, lintWhole }) => [
    ...(lintParts?.(inventory) ?? []),
    ...(wrong.length === 0 ? (lintWhole?.(inventory) ?? []) : []),
  ]);
  const holding = lints.filter((lint) => !standsOn(lint, [...wrong, ...echoes]));
  const problemsOf = (severity: Lint['severity']) =>
    holding.filter((lint) => lint.severity === severity).map((lint) => locate(document, lint));
  const made = madeOf(deepFreeze(inventory), document);
  return {
    inventory: made,
    problems: inOrder([...wrong, ...problemsOf('error')]),
    warnings: inOrder(problemsOf('warning')),
  };
}

/** Whether a lint rests on something that is itself wrong. */
function standsOn({ needs }: Lint, problems: readonly Problem[]): boolean {
  if (needs === undefined) return false;
  const base = showPath(needs);
  return problems.some(({ path }) => isAtOrBelow(path, base));
}

const MOST = 100;

function atMost(problems: readonly Problem[]): Problem[] {
  const first = problems[0];
  if (problems.length <= MOST || !first) return [...problems];
  const rest = {
    file: first.file,
    message: `${problems.length - MOST} more problems`,
    fix: 'fix these first',
  };
  return [...problems.slice(0, MOST), rest];
}

function resolve(work: Resolution): Inventory {
  const { raw, document } = work;
  const sites = resolveSites(work);
  const nodes = resolveNodes(work);
  checkJumps(work, nodes);
  const own = Object.assign({}, ...LAYERS.map((layer) => layer.resolve?.(work))) as LayerValues;
  const base: Inventory = {
    file: document.file,
    name: raw.name ?? '',
    sites,
    nodes,
    ...own,
    lab: resolveLab(work),
    openings: [],
  };
  return Object.assign(base, ...LAYERS.map((layer) => layer.derive?.(base, work)));
}
