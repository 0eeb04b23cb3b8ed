import { readFileSync } from 'node:fs';
import { Argument, type Command } from 'commander';
import { EXIT } from '../../core/errors.js';
import { PACKAGE_ROOT } from '../../core/package-root.js';
import type { CommandHost } from '../host.js';
import { candidatesFor } from './candidates.js';

const SHELLS = ['bash', 'zsh', 'fish'];

export function addCompletion(program: Command, host: CommandHost): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'shell to print it for').choices(SHELLS))
    .summary('print a script that completes commands and names')
    .description(
      'Prints a script that lets bash, zsh or fish complete commands, options and files, and the nodes, phases, clients and ' +
        'networks of the inventory that the command line names. Connects to nothing.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead completion bash >~/.local/share/bash-completion/completions/bridgehead',
          'bridgehead completion zsh >/usr/local/share/zsh/site-functions/_bridgehead',
          'bridgehead completion fish >~/.config/fish/completions/bridgehead.fish',
        ],
        ['go', 'badInput'],
      ),
    )
    .action((shell: string) =>
      host.act(async (io) => {
        io.stdout.write(readFileSync(new URL(`completions/bridgehead.${shell}`, PACKAGE_ROOT), 'utf8'));
        return EXIT.go;
      }),
    );
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .summary('print what may complete the last word')
    .description('Called by the scripts of `completion`: prints a word and its description on each line.')
    .passThroughOptions()
    .allowUnknownOption()
    .helpOption(false)
    .action((words: string[]) =>
      host.act(async (io) => {
        const { words: found, paths } = candidatesFor(program, words, io);
        const lines = found.map(({ word, about }) => (about === undefined ? word : `${word}\t${about}`));
        io.stdout.write(
          [...(paths === undefined ? [] : [`:${paths}`]), ...lines].map((line) => `${line}\n`).join(''),
        );
        return EXIT.go;
      }),
    );
}
