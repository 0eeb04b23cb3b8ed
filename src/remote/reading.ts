import { createHash } from 'node:crypto';

/** Commands that several fragments of one program may want to know the output of. */
interface Reading {
  /** sh variable that holds the output where it was read ahead. */
  readonly variable: string;
  readonly command: string;
}

const WANTED = /\$\{(bridgehead_read_[0-9a-f]{12})-\$\(\n([\s\S]*?)\n\)\}/g;

/**
 * POSIX sh that sets a variable to what commands print, the last line ends cut off; what they say on standard error is
 * dropped. In a program they are run once for all fragments that only read; elsewhere, here.
 *
 * @param command Commands without side effects; their exit status is lost.
 */
export function reading(variable: string, command: string): string {
  const text = `{ ${command}\n} 2>/dev/null`;
  if (text.includes('\n)')) throw new TypeError(`a line of a reading begins with ")": ${command}`);
  const name = `bridgehead_read_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  return `${variable}=\${${name}-$(\n${text}\n)}`;
}

function readingsOf(script: string): Map<string, Reading> {
  return new Map(
    [...script.matchAll(WANTED)].map(([, variable = '', command = '']) => [variable, { variable, command }]),
  );
}

interface Reader {
  readonly script: string;
  readonly readOnly?: boolean;
}

export interface Prepared {
  /** Lines of sh that come before the fragment. */
  readonly before: readonly string[];
  /** The fragment's own, less the commands whose output is known by then. */
  readonly script: string;
}

/**
 * What a program does before each of its fragments: it reads what that fragment and a later one want, and forgets what
 * was read as soon as something may have changed it.
 */
export function readAhead(fragments: readonly Reader[]): readonly Prepared[] {
  const wanted = fragments.map(({ script, readOnly }) => (readOnly ? readingsOf(script) : new Map()));
  const known = new Set<string>();
  return fragments.map(({ script, readOnly }, index): Prepared => {
    if (!readOnly) {
      const forget = known.size === 0 ? [] : [`unset ${[...known].join(' ')}`];
      known.clear();
      return { before: forget, script };
    }
    const next = fragments.findIndex((later, at) => at > index && !later.readOnly);
    const stretch = wanted.slice(index + 1, next < 0 ? undefined : next);
    const shared = [...(wanted[index] ?? new Map<string, Reading>()).values()].filter(
      ({ variable }) => !known.has(variable) && stretch.some((later) => later.has(variable)),
    );
    const before = shared.map(({ variable, command }) => {
      known.add(variable);
      return `${variable}=$(\n${command}\n)`;
    });
    const shorter = script.replaceAll(WANTED, (whole, variable: string) =>
      known.has(variable) ? `\${${variable}}` : whole,
    );
    return { before, script: shorter };
  });
}
