import type { Problem } from '../core/errors.js';
import { type Path, show, showPath, suggest, type YamlDocument } from '../document/index.js';
import { fourFirst, type Parsed } from '../model/address.js';
import type { OneOrMore, RawInventory } from '../model/raw.js';

/** What the resolvers share: the raw inventory, and where they put what is wrong with it. */
export class Resolution {
  readonly problems: Problem[] = [];

  constructor(
    readonly document: YamlDocument,
    readonly raw: RawInventory,
    /** What the schema refused; what only follows from it is not reported. */
    private readonly refused: readonly Problem[],
  ) {}

  /** Whether the schema accepted the value at a path. */
  isSound(path: Path): boolean {
    const base = showPath(path);
    return !this.refused.some(
      ({ path: at }) => at === base || at?.startsWith(`${base}.`) || at?.startsWith(`${base}[`),
    );
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

  /** Whether a name is one of those known; else reports it with the nearest one. */
  refer(path: Path, name: string, what: 'site' | 'node', at: 'value' | 'key' = 'value'): boolean {
    const known = Object.keys((what === 'site' ? this.raw.sites : this.raw.nodes) ?? {});
    if (known.includes(name)) return true;
    const none = what === 'site' ? 'the inventory has no sites' : 'the inventory has no nodes';
    this.report(path, `must name a ${what}; got ${show(name)}`, suggest(name, known, none), at);
    return false;
  }
}
