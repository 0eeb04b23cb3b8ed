import { dirname, resolve } from 'node:path';
import type { Problem } from '../core/errors.js';
import type { SecretRef } from '../core/secrets/reference.js';
import {
  type Checked,
  isAtOrBelow,
  type Path,
  show,
  showPath,
  suggest,
  type YamlDocument,
} from '../document/index.js';
import { fourFirst } from '../model/address.js';
import type { Inventory } from '../model/inventory.js';
import type { Parsed } from '../model/parse-address.js';
import type { OneOrMore, RawInventory, RawSecret } from '../model/raw.js';
import type { Selector, Selectors } from './selectors.js';

/** What the resolvers share: the raw inventory, and where they put what is wrong with it. */
export class Resolution {
  readonly problems: Problem[] = [];

  constructor(
    readonly document: YamlDocument,
    readonly raw: RawInventory,
    /** What the schema refused; what only follows from it is not reported. */
    private readonly refused: Pick<Checked, 'problems' | 'echoes'>,
    private readonly selectors: Selectors,
  ) {}

  /** Whether the schema accepted the value at a path. */
  isSound(path: Path): boolean {
    const base = showPath(path);
    const { problems, echoes } = this.refused;
    return ![...problems, ...echoes].some(({ path: at }) => isAtOrBelow(at, base));
  }

  /** Whether a key that is missing is there, misspelt. */
  isMisspelt(path: Path): boolean {
    const base = showPath(path);
    return this.refused.echoes.some(({ path: at }) => at === base);
  }

  /** Whether nothing is wrong with the value at a path, as far as it was judged. */
  isFlawless(path: Path): boolean {
    const base = showPath(path);
    return this.isSound(path) && !this.problems.some(({ path: at }) => isAtOrBelow(at, base));
  }

  /** Names of the nodes that a selector means; reports one that means none, unless that only follows from something else. */
  select(path: Path, inventory: Inventory, selector: Selector): string[] {
    const wrong = this.selectors.problem(inventory, selector, undefined);
    const follows = this.selectors.isWord(selector) ? this.isFaulty() : !this.isSound(['nodes']);
    if (wrong !== undefined && !follows) this.report(path, wrong.message, wrong.fix);
    return inventory.nodes
      .filter((node) => this.selectors.selects(inventory, node, selector))
      .map(({ name }) => name);
  }

  /** Whether anything in the file is wrong, as far as it was judged. */
  isFaulty(): boolean {
    return this.refused.problems.length + this.problems.length > 0;
  }

  report(path: Path, message: string, fix?: string, at: 'value' | 'key' = 'value'): void {
    this.problems.push(this.document.problem(path, message, fix, at));
  }

  /** The canonical text of one address or range; undefined, and reported, when it is none. */
  parse(path: Path, text: string | undefined, parser: (text: string) => Parsed): string | undefined {
    if (text === undefined) return undefined;
    const parsed = parser(text);
    if (parsed.ok) return parsed.text;
    this.report(path, `${show(text)} ${parsed.message}`, parsed.fix);
    return undefined;
  }

  /** One text or a list of them, parsed; IPv4 first. */
  parseAll(path: Path, written: OneOrMore | undefined, parser: (text: string) => Parsed): string[] {
    if (typeof written === 'string') {
      const parsed = this.parse(path, written, parser);
      return parsed === undefined ? [] : [parsed];
    }
    const parsed = (written ?? []).map((text, i) => this.parse([...path, i], text ?? undefined, parser));
    return fourFirst(parsed.filter((text) => text !== undefined));
  }

  /** Whether a name is one of those known; else reports it with the nearest one, unless what it names was refused itself. */
  refer(path: Path, name: string, what: 'site' | 'node', at: 'value' | 'key' = 'value'): boolean {
    const known = Object.keys((what === 'site' ? this.raw.sites : this.raw.nodes) ?? {});
    if (known.includes(name)) return true;
    if (this.isRefused(name, what)) return false;
    const none = what === 'site' ? 'the inventory has no sites' : 'the inventory has no nodes';
    this.report(path, `must name a ${what}; got ${show(name)}`, suggest(name, known, none), at);
    return false;
  }

  /** Whether there is a site or a node of this name, which the schema took for none. */
  isRefused(name: string, what: 'site' | 'node'): boolean {
    const key = `${what}s` as const;
    const has = (all: unknown): boolean =>
      typeof all === 'object' && all !== null && Object.hasOwn(all, name);
    return has(this.document.value[key]) && !has(this.raw[key]);
  }

  /** A relative path is relative to the inventory's folder; `~` is resolved by the code that opens it. */
  besideFile(path: string): string {
    return path === '~' || path.startsWith('~/') ? path : resolve(dirname(this.document.file), path);
  }

  /** Where a secret is kept; undefined if the schema refused what is written. */
  secret(path: Path, raw: RawSecret | undefined): SecretRef | undefined {
    const what = showPath(path);
    if (raw?.env !== undefined) return { what, env: raw.env };
    if (raw?.file !== undefined) return { what, file: this.besideFile(raw.file) };
    const words = raw?.command?.filter((word) => word !== null);
    if (words === undefined) return undefined;
    return { what, command: words, folder: resolve(dirname(this.document.file)) };
  }
}
