import type { Command } from 'commander';
import type { RemoveOptions } from '../../app/remove/options.js';
import type { CommandHost } from '../host.js';
import {
  addConnectOptions,
  addFullOption,
  addGuardOptions,
  addOutputOptions,
  addPlaybookOption,
  addSkipOption,
  programTimeout,
  stateDirOption,
  waitForLock,
} from '../options.js';

export function addRemove(program: Command, host: CommandHost): void {
  const command = program.command('remove').argument('<node>', 'machine to remove');
  const connecting = addPlaybookOption(addConnectOptions(command, 'remove'));
  addOutputOptions(addFullOption(addGuardOptions(addSkipOption(connecting))))
    .addOption(programTimeout)
    .option('--offline', 'change only the others and the inventory, if the machine can’t be reached any more')
    .addOption(waitForLock)
    .addOption(stateDirOption)
    .summary('remove a machine from the network and the inventory')
    .description(
      'Removes everything that was made for this inventory from the machine, and its peer from the other machines, proves ' +
        'the rest of the network, and then removes the machine from the inventory, keeping comments. Packages stay ' +
        'installed. The inventory is changed only if the run ends in GO.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead remove wk-3',
          'bridgehead remove wk-3 --offline --yes',
          'bridgehead remove wk-3 --skip-unreachable',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'reverted', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((name: string, options: RemoveOptions) =>
      host.act(async (io) => (await import('../../app/remove/remove.js')).removeNodeOf(name, options, io)),
    );
}
