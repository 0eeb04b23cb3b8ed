import { createHash } from 'node:crypto';

/** A command that several fragments of one program may want to know the output of. */
interface Reading {
  /** sh variable that holds the output where it was read ahead. */
  readonly variable: string;
  readonly command: string;
}

const WANTED = /\$\{(bridgehead_read_[0-9a-f]{12})-\$\(\n([\s\S]*?)\n\)\}/g;

/**
 * POSIX sh that sets a variable to what a command prints, its last line ends cut off; what it says on standard error
 * is dropped. In a program the command is run once for all fragments that only read; elsewhere, here.
 *
 * @param command A command or pipeline without side effects, before which `2>/dev/null` is put; its exit status is lost.
 */
export function reading(variable: string, command: string): string {
  const text = `2>/dev/null ${command}`;
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

/**
 * What a program has to do before each of its fragments, as lines of sh: read what that fragment and a later one want,
 * and forget what was read as soon as something may have changed it.
 */
export function readAhead(fragments: readonly Reader[]): readonly string[][] {
  const wanted = fragments.map(({ script, readOnly }) => (readOnly ? readingsOf(script) : new Map()));
  const known = new Set<string>();
  return fragments.map(({ readOnly }, index) => {
    if (!readOnly) {
      const forget = known.size === 0 ? [] : [`unset ${[...known].join(' ')}`];
      known.clear();
      return forget;
    }
    const next = fragments.findIndex((later, at) => at > index && !later.readOnly);
    const stretch = wanted.slice(index + 1, next < 0 ? undefined : next);
    const shared = [...(wanted[index] ?? new Map<string, Reading>()).values()].filter(
      ({ variable }) => !known.has(variable) && stretch.some((later) => later.has(variable)),
    );
    return shared.map(({ variable, command }) => {
      known.add(variable);
      return `${variable}=$(\n${command}\n)`;
    });
  });
}
