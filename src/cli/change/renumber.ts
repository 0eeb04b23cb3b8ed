import type { Command } from 'commander';
import type { RenumberOptions } from '../../app/renumber/options.js';
import type { CommandHost } from '../host.js';
import {
  addConnectOptions,
  addFullOption,
  addGuardOptions,
  addOutputOptions,
  addPlaybookOption,
  addSkipOption,
  keepChanged,
  programTimeout,
  stateDirOption,
  waitForLock,
} from '../options.js';

export function addRenumber(program: Command, host: CommandHost): void {
  const command = program
    .command('renumber')
    .usage('[options] [network] <range...>')
    .argument('[network|range]', 'network; can be left out if there is only one')
    .argument('[range...]', 'its new range, such as 10.9.0.0/24; with IPv6, one per address family');
  const connecting = addPlaybookOption(addConnectOptions(command, 'renumber'));
  addOutputOptions(addFullOption(addGuardOptions(addSkipOption(connecting))))
    .addOption(keepChanged)
    .addOption(programTimeout)
    .addOption(waitForLock)
    .addOption(stateDirOption)
    .summary('give a network another range, and every member its address in it')
    .description(
      'Gives a network another range. Each member and client keeps the host part of its address, or gets the next free one ' +
        'if that does not fit. Shows old and new addresses and the plan, asks, applies it, proves the network, and then ' +
        'writes the new range and addresses into the inventory, keeping comments. The inventory is changed only if the run ' +
        'ends in GO. Clients must scan a new code.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead renumber 10.9.0.0/24',
          'bridgehead renumber home 10.9.0.0/24 -i inventory/phone-home.yaml',
          'bridgehead renumber mesh 172.28.0.0/22 fd42:9::/64 --yes',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'reverted', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((first: string | undefined, more: readonly string[], options: RenumberOptions) =>
      host.act(async (io) => {
        const words = first === undefined ? [] : [first, ...more];
        return (await import('../../app/renumber/renumber.js')).renumberNetwork(words, options, io);
      }),
    );
}
