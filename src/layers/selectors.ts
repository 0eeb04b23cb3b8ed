import { show, suggest } from '../document/index.js';
import type { Inventory, Node } from '../model/inventory.js';
import type { SelectorWord } from './layer.js';

/** `all`, a node's name, `role:NAME`, `site:NAME`, or a layer's word, such as `members` (nodes in some network). */
export type Selector = string;

export interface SelectorProblem {
  readonly message: string;
  readonly fix: string;
}

const PREFIXED = /^(role|site):(.*)$/;
/** What could mean a node of some inventory. */
const NAMED = /^(?:(?:role|site):)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const OPTIONAL = 'add "optional: true" if it may select no node';
const OR_OPTIONAL = `(or ${OPTIONAL})`;

function knownSelectors({ nodes }: Inventory): string[] {
  const groups = nodes.flatMap(({ role, site }) => [
    ...(role === undefined ? [] : [`role:${role}`]),
    ...(site === undefined ? [] : [`site:${site}`]),
  ]);
  return [...nodes.map(({ name }) => name), ...new Set(groups)];
}

/** What `on:` can say, with the words of the layers. */
export class Selectors {
  readonly #words: ReadonlyMap<Selector, SelectorWord>;

  constructor(words: readonly SelectorWord[]) {
    this.#words = new Map(words.map((one) => [one.word, one]));
  }

  isWord(selector: Selector): boolean {
    return this.#words.has(selector);
  }

  /** Whether a selector means a node. */
  selects(inventory: Inventory, node: Node, selector: Selector): boolean {
    const [, key, value] = PREFIXED.exec(selector) ?? [];
    if (key === 'role') return node.role === value;
    if (key === 'site') return node.site === value;
    if (selector === 'all') return true;
    const word = this.#words.get(selector);
    if (word) return word.selects(inventory, node.name);
    return node.name === selector;
  }

  /**
   * What is wrong with a selector that means no node of an inventory. Some words may mean none, and with `optional` so may
   * every other that could mean a node of another inventory; undefined if there is no such key.
   */
  problem(
    inventory: Inventory,
    selector: Selector,
    optional: boolean | undefined,
  ): SelectorProblem | undefined {
    if (inventory.nodes.some((node) => this.selects(inventory, node, selector))) return undefined;
    const word = this.#words.get(selector);
    const message = `${show(selector)} selects no node`;
    const excuse = optional === undefined ? 'name others' : OPTIONAL;
    if (word !== undefined) {
      const excused = optional === true || word.nobody === undefined;
      return excused ? undefined : { message: `${message}: ${word.nobody}`, fix: excuse };
    }
    const known = knownSelectors(inventory);
    const words = ['all', ...this.#words.keys()];
    if (!NAMED.test(selector)) {
      return {
        message: `${show(selector)} is not a valid selector`,
        fix: otherForm(selector, known) ?? suggest(selector, [...words, ...known]),
      };
    }
    if (optional === true) return undefined;
    const [, key, value = ''] = PREFIXED.exec(selector) ?? [];
    const alike = key === undefined ? [...words, ...known] : known.filter((one) => one.startsWith(`${key}:`));
    const empty = key === 'site' && inventory.sites.some(({ name }) => name === value);
    if (empty) return { message: `${message}: none is in site ${value}`, fix: excuse };
    const none = key === 'role' ? 'no node has a role' : 'no node has a site';
    const fix = otherForm(selector, known) ?? suggest(selector, alike, none);
    return { message, fix: optional === undefined ? fix : `${fix} ${OR_OPTIONAL}` };
  }
}

/** How a selector is written that other tools write so: a group by its bare name, names with commas, a star. */
function otherForm(selector: string, known: readonly string[]): string | undefined {
  if (selector === '*') return 'write all';
  if (/^[^\s,]+(\s*,\s*[^\s,]+)+$/.test(selector)) return `write [${selector.split(/\s*,\s*/).join(', ')}]`;
  const bare = selector.replace(/^node:/, '');
  const meant = bare === selector ? [`role:${selector}`, `site:${selector}`] : [bare];
  const found = meant.filter((one) => known.includes(one));
  return found.length === 0 ? undefined : `write ${found.join(' or ')}`;
}
