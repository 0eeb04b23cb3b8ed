import { type Command, Option } from 'commander';
import type { RehearseOptions } from '../../app/rehearse/options.js';
import type { CommandHost } from '../host.js';
import {
  addDriverOption,
  addInventoryOption,
  addOutputOptions,
  addPlaybookOption,
  programsOption,
  report,
  stateDirOption,
} from '../options.js';

export function addRehearse(program: Command, host: CommandHost): void {
  addOutputOptions(addDriverOption(addPlaybookOption(addInventoryOption(program.command('rehearse')))))
    .summary('try the inventory out on disposable machines')
    .description(
      'Builds the inventory as a lab, applies the playbook from the laptop in it, gates included, has every client fetch ' +
        'pages through its tunnel, prints a summary and takes the lab down. Exits like the apply, or with 3 if a client ' +
        'fails. Needs root on Linux, or Docker. With --against it first brings the lab to an earlier state, and rehearses the change: ' +
        'it reports which connections the change would cut, and for how long.',
    )
    .option('--with-reboot', 'then reboot hubs, gateways and relays, and check again without an apply')
    .option(
      '--against <run|file>',
      'rehearse the change from an earlier state: the id of a run, last (the newest that brought all nodes to this inventory file, or found them so), or an earlier inventory file',
    )
    .addOption(report)
    .addOption(new Option('--no-shows-next').hideHelp())
    .option('--no-deep', 'leave out the phases that take minutes, which the playbook marks as deep')
    .option('--keep', 'leave the lab up so that you can look around')
    .addOption(stateDirOption)
    .addOption(programsOption)
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead rehearse -i inventory/home-mesh.yaml',
          'bridgehead rehearse -i inventory/home-mesh.yaml --keep',
          'bridgehead rehearse -i inventory/phone-home.yaml --with-reboot',
          'bridgehead rehearse --against last',
          'bridgehead rehearse --against old.yaml --json --report markdown=change.md',
          'bridgehead rehearse -i inventory/home-mesh.yaml --driver docker',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'reverted', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((options: RehearseOptions) =>
      host.act(async (io) => (await import('../../app/rehearse/rehearse.js')).rehearse(options, io)),
    );
}
