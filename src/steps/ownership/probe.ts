import { quote } from '../../remote/quote.js';
import { parseInterfaceProbe, probeOwnerScript, type SeenInterface } from '../wireguard-live.js';

const SEPARATOR = '@@ owner of ';

/** sh that reads by what it is judged whose these interfaces are. */
export function probeOwners(interfaces: readonly string[]): string {
  return interfaces
    .map((name) => `echo ${quote(`${SEPARATOR}${name}`)}\n${probeOwnerScript(name)}`)
    .join('\n');
}

const [BEGIN, END] = ['@@ owners', '@@ end of owners'];

/** The same as a block within the answer of another probe; {@link cutOwners} takes it out again. */
export function probeOwnersWithin(interfaces: readonly string[]): string {
  return `echo ${quote(BEGIN)}\n${probeOwners(interfaces)}\necho ${quote(END)}`;
}

export function cutOwners(stdout: string): {
  readonly owners: ReadonlyMap<string, SeenInterface>;
  readonly rest: string;
} {
  const begin = stdout.indexOf(`${BEGIN}\n`);
  const end = stdout.lastIndexOf(`\n${END}\n`);
  if (begin < 0 || end < begin) return { owners: new Map(), rest: stdout };
  return {
    owners: parseOwners(stdout.slice(begin + BEGIN.length + 1, end + 1)),
    rest: stdout.slice(0, begin) + stdout.slice(end + END.length + 2),
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
