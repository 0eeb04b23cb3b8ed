import { quote } from '../../../remote/quote.js';
import { lines, type Script, type Sh } from '../../../remote/script.js';
import { parseInterfaceProbe, probeOwnerScript, type SeenInterface } from '../tunnel/live.js';

const SEPARATOR = '@@ owner of ';

/** sh that reads by what it is judged whose these interfaces are. */
export function probeOwners(interfaces: readonly string[]): Script {
  return lines(
    ...interfaces.flatMap((name) => [`echo ${quote(`${SEPARATOR}${name}`)}`, probeOwnerScript(name)]),
  );
}

/** A probe's part with an answer of its own kind, within the answer of another; {@link cutPart} takes it out again. */
export function asPart(name: string, script: Sh): Script {
  return lines(`echo ${quote(`@@ begin ${name}`)}`, script, `echo ${quote(`@@ end ${name}`)}`);
}

export interface Cut {
  /** Empty where there is no such part. */
  readonly part: string;
  readonly rest: string;
}

export function cutPart(name: string, stdout: string): Cut {
  const [begin, end] = [`@@ begin ${name}\n`, `@@ end ${name}\n`];
  const from = stdout.indexOf(begin);
  const to = stdout.lastIndexOf(end);
  if (from < 0 || to < from) return { part: '', rest: stdout };
  return {
    part: stdout.slice(from + begin.length, to),
    rest: stdout.slice(0, from) + stdout.slice(to + end.length),
  };
}

/** Reads what {@link probeOwners} printed, by interface. */
export function parseOwners(stdout: string): ReadonlyMap<string, SeenInterface> {
  return new Map(
    `\n${stdout}`
      .split(`\n${SEPARATOR}`)
      .slice(1)
      .map((block) => {
        const end = block.indexOf('\n');
        const [name, text] = end < 0 ? [block, ''] : [block.slice(0, end), block.slice(end + 1)];
        return [name, parseInterfaceProbe(text)];
      }),
  );
}
