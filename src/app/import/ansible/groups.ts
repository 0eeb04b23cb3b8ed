import type { Plain } from '../../../document/index.js';
import type { Place } from '../found.js';

/** A variable, and the position where it is set. */
export interface Variable {
  readonly value: Plain;
  readonly at: Place;
}

export type Variables = Map<string, Variable>;

interface Group {
  readonly vars: Variables;
  readonly hosts: Set<string>;
  readonly children: Set<string>;
}

/** The groups and hosts of an Ansible inventory, in the order of the file. */
export class Groups {
  readonly hosts = new Map<string, { readonly at: Place; readonly vars: Variables }>();
  readonly #groups = new Map<string, Group>();

  group(name: string): Group {
    const known = this.#groups.get(name);
    if (known) return known;
    const made = { vars: new Map(), hosts: new Set<string>(), children: new Set<string>() };
    this.#groups.set(name, made);
    return made;
  }

  host(name: string, at: Place): Variables {
    const known = this.hosts.get(name);
    if (known) return known.vars;
    const vars: Variables = new Map();
    this.hosts.set(name, { at, vars });
    return vars;
  }

  /** The groups that a host is in directly. */
  groupsOf(host: string): string[] {
    return [...this.#groups].filter(([, { hosts }]) => hosts.has(host)).map(([name]) => name);
  }

  /** A host's variables by precedence: `all` first, then groups from the outermost to the innermost and by name, then its own. */
  variablesOf(host: string): Variables {
    const depths = new Map<string, number>();
    for (const group of this.groupsOf(host)) this.#climb(group, [], depths);
    const inner = [...depths].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1)).map(([name]) => name);
    const layers = ['all', ...inner].map((name) => this.#groups.get(name)?.vars ?? new Map());
    return new Map([...layers, this.hosts.get(host)?.vars ?? new Map()].flatMap((vars) => [...vars]));
  }

  /** Records how deep below `all` a group and those above it are; returns the depth of the group. */
  #climb(name: string, seen: readonly string[], depths: Map<string, number>): number {
    const known = depths.get(name);
    if (known !== undefined || name === 'all' || seen.includes(name)) return known ?? 0;
    const parents = [...this.#groups].filter(([, { children }]) => children.has(name));
    const depth = 1 + Math.max(0, ...parents.map(([parent]) => this.#climb(parent, [...seen, name], depths)));
    depths.set(name, depth);
    return depth;
  }
}
