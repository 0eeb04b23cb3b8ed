import type { Home } from './home.js';
import { type Base, DIRECTIVE, filesOf, textOf, unquote } from './scope.js';

const MAX_DEPTH = 16;

/**
 * The hosts that ~/.ssh/config names one by one, in its order, those of included files too. Patterns are left out, and so
 * is what is logged into as `git`. Without a file there are none.
 */
export function configHosts(home: Home): string[] {
  const base = { home: home.path, folder: `${home.path}/.ssh` };
  const found = new Map<string, boolean>();
  collect(`${base.folder}/config`, { base, found, depth: 0 });
  return [...found].flatMap(([alias, isMachine]) => (isMachine ? [alias] : []));
}

interface Collecting {
  readonly base: Base;
  /** Whether each is a machine, and no service that speaks SSH. */
  readonly found: Map<string, boolean>;
  readonly depth: number;
}

function collect(file: string, { base, found, depth }: Collecting): void {
  if (depth > MAX_DEPTH) return;
  let current: readonly string[] = [];
  for (const line of (textOf(file) ?? '').split('\n')) {
    const [, name = '', value = ''] = /^\s*#/.test(line) ? [] : (DIRECTIVE.exec(line) ?? []);
    switch (name.toLowerCase()) {
      case 'host':
        current = value
          .split(/\s+/)
          .map(unquote)
          .filter((word) => /^[A-Za-z0-9_.:-]+$/.test(word) && !word.startsWith('-'));
        for (const alias of current) if (!found.has(alias)) found.set(alias, true);
        break;
      case 'match':
        current = [];
        break;
      case 'user':
        if (unquote(value) === 'git') for (const alias of current) found.set(alias, false);
        break;
      case 'include':
        for (const path of value.split(/[ \t]+/)) {
          for (const inner of filesOf(unquote(path), base) ?? [])
            collect(inner, { base, found, depth: depth + 1 });
        }
        break;
    }
  }
}
