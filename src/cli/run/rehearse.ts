import type { Command } from 'commander';
import type { RehearseOptions } from '../../app/rehearse/rehearse.js';
import type { CommandHost } from '../host.js';
import { addInventoryOption, addOutputOptions, addPlaybookOption } from '../options.js';

export function addRehearse(program: Command, host: CommandHost): void {
  addOutputOptions(addPlaybookOption(addInventoryOption(program.command('rehearse'))))
    .summary('try the inventory out on disposable machines')
    .description(
      'Builds the inventory as a lab, applies the playbook from the laptop in it, gates included, has every client fetch ' +
        'pages through its tunnel, prints a summary and takes the lab down. Exits like the apply, or with 3 if a client ' +
        'fails. Needs root on Linux.',
    )
    .option('--with-reboot', 'then reboot hubs, gateways and relays, and check again without an apply')
    .option('--keep', 'leave the lab up so that you can look around')
    .option('--state-dir <folder>', 'where to keep journals (default: ~/.local/state/bridgehead)')
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead rehearse -i inventory/home-mesh.yaml',
          'bridgehead rehearse -i inventory/home-mesh.yaml --keep',
          'bridgehead rehearse -i inventory/phone-home.yaml --with-reboot',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'reverted', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((options: RehearseOptions) =>
      host.act(async (io) => (await import('../../app/rehearse/rehearse.js')).rehearse(options, io)),
    );
}
