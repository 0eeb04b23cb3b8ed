import { createHash } from 'node:crypto';

/** POSIX sh as plain text, or a {@link Script}. */
export type Sh = string | Script;

/** POSIX sh with its readings, so that a program can read once what several of its fragments need. Made by {@link sh}. */
export class Script {
  constructor(
    readonly text: string,
    /** Commands without side effects, by the name that the text uses for them. */
    readonly readings: ReadonlyMap<string, string>,
  ) {}

  /** A plain template would lose the readings. */
  toString(): never {
    throw new TypeError(`a script was put into a plain template: ${this.text.slice(0, 60)}`);
  }
}

export const textOf = (script: Sh): string => (typeof script === 'string' ? script : script.text);

const NOTHING: ReadonlyMap<string, string> = new Map();
export const readingsOf = (script: Sh): ReadonlyMap<string, string> =>
  typeof script === 'string' ? NOTHING : script.readings;

function joined(text: string, parts: readonly Sh[]): Script {
  return new Script(text, new Map(parts.flatMap((part) => [...readingsOf(part)])));
}

/** Template tag: POSIX sh with other scripts in it. Values are put in as they are: quote what is not sh. */
export function sh(strings: TemplateStringsArray, ...values: readonly (Sh | number)[]): Script {
  const parts = values.map((value) => (typeof value === 'number' ? String(value) : value));
  const text = strings.map((string, index) => string + textOf(parts[index] ?? '')).join('');
  return joined(text, parts);
}

/** Scripts one after the other, each on a new line. */
export function lines(...scripts: readonly Sh[]): Script {
  return joined(scripts.map(textOf).join('\n'), scripts);
}

/**
 * An sh word: the output of commands, without trailing newlines; their standard error is dropped. A program
 * runs the commands once for all its fragments that only read.
 *
 * @param command Commands without side effects; their exit status is lost.
 */
export function reading(command: string): Script {
  const name = `bridgehead_read_${createHash('sha256').update(command).digest('hex').slice(0, 12)}`;
  return new Script(`\${${name}-$(${name})}`, new Map([[name, command]]));
}

/** The functions that scripts with these readings call. */
export function defineReadings(readings: ReadonlyMap<string, string>): string {
  return [...readings].map(([name, command]) => `${name}() { { ${command}\n} 2>/dev/null; }\n`).join('');
}

/** A script that needs no program around it. */
export function standalone(script: Sh): string {
  return defineReadings(readingsOf(script)) + textOf(script);
}
