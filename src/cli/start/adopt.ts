import type { Command } from 'commander';
import type { AdoptOptions } from '../../app/adopt/adopt.js';
import type { CommandHost } from '../host.js';
import {
  addConnectOptions,
  addFullOption,
  addGuardOptions,
  addOutputOptions,
  programTimeout,
  stateDirOption,
  waitForLock,
} from '../options.js';

export function addAdopt(program: Command, host: CommandHost): void {
  addOutputOptions(addFullOption(addGuardOptions(addConnectOptions(program.command('adopt'), 'adopt'))))
    .argument('[nodes...]', 'machines whose tunnels to take over (default: all)')
    .addOption(programTimeout)
    .option('--show', 'only compare; change nothing')
    .addOption(waitForLock)
    .addOption(stateDirOption)
    .summary('take over tunnels that were made by hand')
    .description(
      'Compares each machine’s WireGuard interface with the inventory, line by line. When you confirm, the machine records ' +
        'that the interface belongs to this inventory, and peers that the inventory lacks are added to it as clients. Keys ' +
        'stay on the machine. The running interface is not changed: that is left to the first apply, and its plan lists it. ' +
        'One that systemd-networkd or NetworkManager makes is given to wg-quick while it runs, and their files are moved away.',
    )
    .addHelpText(
      'after',
      host.footer(
        ['bridgehead adopt --show', 'bridgehead adopt vps node-a', 'bridgehead adopt vps --yes'],
        ['go', 'badInput', 'stop', 'unreachable', 'reverted', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((names: string[], options: AdoptOptions) =>
      host.act(async (io) => (await import('../../app/adopt/adopt.js')).adoptNodes(names, options, io)),
    );
}
