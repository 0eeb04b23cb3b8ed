import type { Command } from 'commander';
import { suggest } from '../document/nearest.js';

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

/** `help nope` as `nope`, which says that there is no such command, instead of the general help. */
export function withKnownTopic(program: Command, argv: readonly string[]): readonly string[] {
  const [first, topic] = argv;
  if (first !== 'help' || topic === undefined || topic.startsWith('-')) return argv;
  const names = ['help', ...program.commands.flatMap((one) => [one.name(), ...one.aliases()])];
  return names.includes(topic) ? argv : [topic];
}

/**
 * For an option that belongs to other commands, the error names those, instead of a similarly spelt option; for a value out of a list, what
 * there is.
 */
export function explainUsage(program: Command): void {
  const commands = withDescendants(program);
  for (const command of commands) {
    command.configureOutput({
      outputError: (text, write) => {
        const flag = /^error: unknown option '(-[^']*)'/.exec(text)?.[1];
        const owners = commands
          .filter(({ options }) => options.some(({ long, short }) => flag === long || flag === short))
          .map((one) => `\`${pathOf(one)}\``);
        const more = owners.length > SHOWN ? [`${owners.length - SHOWN} more`] : [];
        const listed = [...owners.slice(0, SHOWN), ...more].join(', ').replace(/, ([^,]+)$/, ' and $1');
        write(
          flag === undefined || owners.length === 0
            ? (strangeValue(text) ?? text)
            : `error: ${pathOf(command)} has no option ${flag}\nfix: leave it out; it is for ${listed}\n`,
        );
      },
    });
  }
}
