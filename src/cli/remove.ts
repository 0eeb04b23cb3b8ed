import type { Command } from 'commander';
import type { RemoveOptions } from '../app/remove/options.js';
import type { CommandHost } from './host.js';
import {
  addConnectOptions,
  addGuardOptions,
  addOutputOptions,
  addPlaybookOption,
  addSkipOption,
  programTimeout,
} from './options.js';

export function addRemove(program: Command, host: CommandHost): void {
  const command = program.command('remove').argument('<node>', 'the machine that leaves');
  addOutputOptions(addGuardOptions(addSkipOption(addPlaybookOption(addConnectOptions(command, 'remove')))))
    .addOption(programTimeout)
    .option('--offline', 'the machine can’t be reached any more: change the others and the inventory alone')
    .option('--state-dir <folder>', 'where the journals are kept (default: ~/.local/state/bridgehead)')
    .summary('take a machine out: its own traces, the others’ peers, the inventory')
    .description(
      'Retires on the machine all that was made for this inventory, takes its peers off the others, proves the rest of the ' +
        'network, and then takes the machine out of the inventory; comments stay. Packages stay installed. Until the end is ' +
        'GO the inventory stays as it was.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead remove wk-3',
          'bridgehead remove wk-3 --offline --yes',
          'bridgehead remove wk-3 --skip-unreachable',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'rolledBack', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((name: string, options: RemoveOptions) =>
      host.act(async (io) => (await import('../app/remove/remove.js')).removeNodeOf(name, options, io)),
    );
}
