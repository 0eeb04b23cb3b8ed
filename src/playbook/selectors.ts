import { show, suggest } from '../document/index.js';
import type { SelectorWord } from '../layers/layer.js';
import { LAYERS } from '../layers/table.js';
import type { Inventory, Node } from '../model/inventory.js';
import type { Selector } from './types.js';

const PREFIXED = /^(role|site):(.*)$/;
/** What could mean a node of some inventory. */
const NAMED = /^(?:(?:role|site):)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const WORDS: ReadonlyMap<Selector, SelectorWord> = new Map(
  LAYERS.flatMap(({ selectors = [] }) => selectors.map((one) => [one.word, one] as const)),
);

/** Whether a selector means a node. */
export function selects(inventory: Inventory, node: Node, selector: Selector): boolean {
  const [, key, value] = PREFIXED.exec(selector) ?? [];
  if (key === 'role') return node.role === value;
  if (key === 'site') return node.site === value;
  if (selector === 'all') return true;
  const word = WORDS.get(selector);
  if (word) return word.selects(inventory, node.name);
  return node.name === selector;
}

export interface SelectorProblem {
  readonly message: string;
  readonly fix: string;
}

const OPTIONAL = 'add "optional: true" if it may select no node';
const OR_OPTIONAL = `(or ${OPTIONAL})`;

function knownSelectors({ nodes }: Inventory): string[] {
  const groups = nodes.flatMap(({ role, site }) => [
    ...(role === undefined ? [] : [`role:${role}`]),
    ...(site === undefined ? [] : [`site:${site}`]),
  ]);
  return [...nodes.map(({ name }) => name), ...new Set(groups)];
}

/**
 * What is wrong with a selector that means no node of an inventory. Some words may mean none, and with `optional` so may
 * every other that could mean a node of another inventory.
 */
export function selectorProblem(
  inventory: Inventory,
  selector: Selector,
  optional: boolean,
): SelectorProblem | undefined {
  if (inventory.nodes.some((node) => selects(inventory, node, selector))) return undefined;
  const word = WORDS.get(selector);
  const message = `${show(selector)} selects no node`;
  if (word !== undefined) {
    const excused = optional || word.nobody === undefined;
    return excused ? undefined : { message: `${message}: ${word.nobody}`, fix: OPTIONAL };
  }
  const known = knownSelectors(inventory);
  const words = ['all', ...WORDS.keys()];
  if (!NAMED.test(selector)) {
    return {
      message: `${show(selector)} is not a valid selector`,
      fix: suggest(selector, [...words, ...known]),
    };
  }
  if (optional) return undefined;
  const [, key, value = ''] = PREFIXED.exec(selector) ?? [];
  const alike = key === undefined ? [...words, ...known] : known.filter((one) => one.startsWith(`${key}:`));
  const empty = key === 'site' && inventory.sites.some(({ name }) => name === value);
  if (empty) return { message: `${message}: none is in site ${value}`, fix: OPTIONAL };
  const none = key === 'role' ? 'no node has a role' : 'no node has a site';
  return { message, fix: `${suggest(selector, alike, none)} ${OR_OPTIONAL}` };
}
