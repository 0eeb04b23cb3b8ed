import type { Command } from 'commander';
import { readVersion } from '../../app/version.js';
import { EXIT } from '../../core/errors.js';
import { EXIT_TEXTS } from '../../render/help/exit-texts.js';
import { type ManualCommand, manPage } from '../../render/help/man-page.js';
import type { CommandHost } from '../host.js';
import { withDescendants } from '../usage-errors.js';

const ENVIRONMENT = [
  [
    'BRIDGEHEAD_SUDO_PASSWORD_FILE',
    'File (mode 0600) with the sudo password of nodes without sudoPasswordFile.',
  ],
  ['XDG_STATE_HOME', 'Where the state folder is: $XDG_STATE_HOME/bridgehead.'],
  ['SSH_AUTH_SOCK', 'The agent whose keys are tried.'],
  ['NO_COLOR, FORCE_COLOR', 'No colours; or colours even if the output is not a terminal.'],
] as const;

const FILES = [
  ['inventory.yaml', 'The inventory when none is given.'],
  ['~/.local/state/bridgehead', 'Journals of runs, and the ledger of clients.'],
  ['~/.ssh/config, ~/.ssh/known_hosts', 'Read as ssh does.'],
  ['/var/lib/bridgehead', 'On a node: its lock, its guard, and the snapshots that undo uses.'],
] as const;

export function addMan(program: Command, host: CommandHost): void {
  program
    .command('man')
    .summary('print the manual page')
    .description(
      'Prints the manual page of all commands. An installed package includes it: `man bridgehead`.',
    )
    .addHelpText(
      'after',
      host.footer(
        ['bridgehead man | man -l -', 'bridgehead man >/usr/local/share/man/man1/bridgehead.1'],
        ['go', 'badInput'],
      ),
    )
    .action(() =>
      host.act(async (io) => {
        io.stdout.write(manPage(manualOf(program)));
        return EXIT.go;
      }),
    );
}

function manualOf(program: Command): Parameters<typeof manPage>[0] {
  return {
    name: program.name(),
    version: readVersion(),
    date: new Date().toISOString().slice(0, 10),
    summary: 'proven WireGuard networks of VPS and home machines, over plain SSH',
    description: program.description(),
    commands: withDescendants(program).slice(1).map(manualCommand),
    exits: Object.entries(EXIT_TEXTS).map(([name, text]) => [String(EXIT[name as keyof typeof EXIT]), text]),
    environment: ENVIRONMENT,
    files: FILES,
    seeAlso: ['ssh_config(5)', 'wg(8)', 'wg-quick(8)'],
  };
}

function manualCommand(command: Command): ManualCommand {
  const help = command.createHelp();
  const args = help.visibleArguments(command);
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  return {
    usage: help.commandUsage(command),
    description: command.description(),
    terms: [
      ...args.map((one): [string, string] => [help.argumentTerm(one), help.argumentDescription(one)]),
      ...options.map((one): [string, string] => [help.optionTerm(one), help.optionDescription(one)]),
    ],
    examples: examplesOf(command),
  };
}

/** As the help shows them. */
function examplesOf(command: Command): string[] {
  let text = '';
  command.configureOutput({
    writeOut: (more) => {
      text += more;
    },
  });
  command.outputHelp();
  const examples = /\nExamples:\n((?: {2}.+\n)+)/.exec(text)?.[1] ?? '';
  return examples.split('\n').flatMap((line) => (line === '' ? [] : [line.trim()]));
}
