import type { Command } from 'commander';

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

/** For an option that belongs to other commands, the error names those, instead of a similarly spelt option. */
export function explainStrangeOptions(program: Command): void {
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
            ? text
            : `error: ${pathOf(command)} has no option ${flag}\nfix: leave it out; it is for ${listed}\n`,
        );
      },
    });
  }
}
