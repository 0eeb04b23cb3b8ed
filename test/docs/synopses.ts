import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { createHost } from '../../src/cli/host.js';
import { createProgram } from '../../src/cli/program.js';
import { blocksIn } from './blocks.js';

/** A mention of our program in a page: what it is to be called with. */
export interface Mention {
  readonly where: string;
  /** From `bridgehead` on. */
  readonly text: string;
}

const silent = {
  stdout: { write: () => undefined },
  stderr: { write: () => undefined },
  stdin: {},
  env: {},
  cwd: '/',
};
const PROGRAM = createProgram(silent, createHost(silent));

/** Syntax or a description beside it, as opposed to what can be typed as it is. */
export const isSynopsis = (text: string): boolean => /\[|\||…|\.\.\.| {2}| [A-Z]{2,}\b/.test(text);

/** Lines of blocks that are indented only, and code in the text. */
export function mentionsIn(page: string): Mention[] {
  const text = readFileSync(page, 'utf8').replaceAll(/^ *```.*?^ *```$/gms, (block) =>
    block.replaceAll(/[^\n]/g, ''),
  );
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  const spans = [...text.matchAll(/(?<!`)`(bridgehead [^`]+)`(?!`)/g)].map((match) => ({
    where: `${page}:${lineOf(match.index)}`,
    text: (match[1] ?? '').replaceAll(/\s+/g, ' '),
  }));
  return [...spans, ...synopsesIn(page)];
}

export const synopsesIn = (page: string): Mention[] =>
  blocksIn(page)
    .filter(({ language }) => language === undefined)
    .flatMap(({ line, lines }) => lines.map((text, index) => ({ where: `${page}:${line + index}`, text })))
    .filter(({ text }) => text.startsWith('bridgehead '));

/** The commands that words lead to: alternatives are separated by `|`. */
function commandsOf(
  words: readonly string[],
  from: Command,
): { commands: Command[]; rest: readonly string[] } {
  const [word = '', ...rest] = words;
  const found = word.split('|').map((name) => from.commands.find((command) => command.name() === name));
  if (from.commands.length === 0 || !found.every((command) => command !== undefined))
    return { commands: [from], rest: words };
  const [only, ...more] = found;
  return only !== undefined && more.length === 0 ? commandsOf(rest, only) : { commands: found, rest };
}

const optionsOf = (command: Command): string[] =>
  [...command.options, ...PROGRAM.options]
    .flatMap(({ long, short }) => [long, short])
    .filter((flag) => flag != null);

/** Commands and options of a mention that there aren't. */
export function unknownIn({ where, text }: Mention): string[] {
  const [typed = ''] = text.replace(/^bridgehead /, '').split(/ {2,}(?![-[])| #| -- |\s>/);
  const words = typed.split(/[\s[\]]+/).filter((word) => word !== '');
  const { commands, rest } = commandsOf(words, PROGRAM);
  if (commands.some((command) => command.commands.length > 0) && /^[a-z]/.test(rest[0] ?? ''))
    return [`${where}: no command ${rest[0]}`];
  const flags = rest
    .filter((word) => /^--?[a-z]/.test(word))
    .flatMap((word) => word.replace(/=.*/, '').split('|'));
  const known = new Set(['--help', '-h', ...commands.flatMap(optionsOf)]);
  return flags
    .filter((flag) => flag.startsWith('-') && !known.has(flag))
    .map((flag) => `${where}: no option ${flag}`);
}
