import type { Command } from 'commander';
import { suggest } from '../document/nearest.js';
import { commandLine } from '../render/command-line.js';

/** A command and all subcommands that its help lists, except `help` itself. */
export function withDescendants(command: Command): Command[] {
  const listed = command.createHelp().visibleCommands(command);
  return [command, ...command.commands.filter((one) => listed.includes(one)).flatMap(withDescendants)];
}

/** `client add`: how a command is called, without the program's name. */
export function pathOf(command: Command): string {
  const { parent } = command;
  return parent === null ? '' : [pathOf(parent), command.name()].filter(Boolean).join(' ');
}

const SHOWN = 4;

const CHOICES =
  /^error: (?:command-argument value '(.*)' is invalid for argument '(.*)'|option '(.*)' argument '(.*)' is invalid)\. Allowed choices are (.*)\.\n/;

/** A value that is none of those that there are, with the one that was probably meant; undefined for other errors. */
function strangeValue(text: string): string | undefined {
  const [, value = '', name, flags, given = '', choices] = CHOICES.exec(text) ?? [];
  if (choices === undefined) return undefined;
  const [word, what] = name === undefined ? [given, flags] : [value, name];
  return `error: ${what}: there is no "${word}"\nfix: ${suggest(word, choices.split(', '))}\n`;
}

/** `help nope` and `nope --help` as `nope`, which says that there is no such command, instead of a general help. */
export function withKnownTopic(program: Command, argv: readonly string[]): readonly string[] {
  const isAsked = argv.includes('--help') || argv.includes('-h');
  const words = argv[0] === 'help' ? argv.slice(1) : isAsked ? argv : [];
  let command = program;
  for (const [index, word] of words.entries()) {
    if (word.startsWith('-') || word === 'help' || command.commands.length === 0) return argv;
    const found = command.commands.find((one) => [one.name(), ...one.aliases()].includes(word));
    if (found === undefined) return words.slice(0, index + 1);
    command = found;
  }
  return argv;
}

/** An inventory without its `-i`; undefined for other words. */
function strayInventory(command: Command, text: string): string | undefined {
  const expected = /^error: too many arguments for '.*'\. Expected (\d+)/.exec(text)?.[1];
  const word = expected === undefined ? undefined : command.args[Number(expected)];
  const takesOne = command.options.some(({ long }) => long === '--inventory');
  if (word === undefined || !takesOne || !/\.ya?ml$/i.test(word)) return undefined;
  return `error: ${pathOf(command)} has no argument for "${word}"\nfix: write ${commandLine(['-i', word])}\n`;
}

/** An option that other commands have, which may only be in the wrong place; undefined for other errors. */
function strayOption(command: Command, text: string, commands: readonly Command[]): string | undefined {
  const flag = /^error: unknown option '(-[^']*)'/.exec(text)?.[1];
  const owners = commands.filter(({ options }) =>
    options.some(({ long, short }) => flag === long || flag === short),
  );
  if (flag === undefined || owners.length === 0) return undefined;
  const called = pathOf(command);
  const named = owners.find((one) => one.parent === command && command.args.includes(one.name()));
  if (named !== undefined) {
    const rest = command.args.filter((_, index) => index !== command.args.indexOf(named.name()));
    const right = commandLine(['bridgehead', ...pathOf(named).split(' '), ...rest]);
    return `error: ${flag} is before its command\nfix: ${right}\n`;
  }
  const names = owners.map((one) => `\`${pathOf(one)}\``);
  const more = names.length > SHOWN ? [`${names.length - SHOWN} more`] : [];
  const listed = [...names.slice(0, SHOWN), ...more].join(', ').replace(/, ([^,]+)$/, ' and $1');
  const what = called === '' ? 'bridgehead itself' : called;
  const fix =
    called === '' ? `write it after the command; it is for ${listed}` : `leave it out; it is for ${listed}`;
  return `error: ${what} has no option ${flag}\nfix: ${fix}\n`;
}

/**
 * For an option that belongs to other commands, the error names those, instead of a similarly spelt option, or where it belongs; for a value
 * out of a list, what there is; for an inventory, its option.
 */
export function explainUsage(program: Command): void {
  const commands = withDescendants(program);
  for (const command of commands) {
    command.configureOutput({
      outputError: (text, write) =>
        write(
          strayOption(command, text, commands) ?? strayInventory(command, text) ?? strangeValue(text) ?? text,
        ),
    });
  }
}
