import { readingsOf, type Sh } from './script.js';

interface Reader {
  readonly script: Sh;
  readonly readOnly?: boolean;
}

/**
 * Lines of sh that come before each fragment: they read what it and a later one need, and forget what was read as soon as
 * a fragment may have changed it.
 */
export function readAhead(fragments: readonly Reader[]): readonly (readonly string[])[] {
  const wanted = fragments.map(({ script, readOnly }) => (readOnly ? [...readingsOf(script).keys()] : []));
  const known = new Set<string>();
  return fragments.map(({ readOnly }, index) => {
    if (!readOnly) {
      const forget = known.size === 0 ? [] : [`unset ${[...known].join(' ')}`];
      known.clear();
      return forget;
    }
    const next = fragments.findIndex((later, at) => at > index && !later.readOnly);
    const stretch = new Set(wanted.slice(index + 1, next < 0 ? undefined : next).flat());
    const shared = (wanted[index] ?? []).filter((name) => !known.has(name) && stretch.has(name));
    for (const name of shared) known.add(name);
    return shared.map((name) => `${name}=$(${name})`);
  });
}
