import type { Command } from 'commander';
import type { AppListOptions } from '../../app/apps/list.js';
import { addHubOptions } from '../change/client-options.js';
import type { CommandHost } from '../host.js';

export function addApps(program: Command, host: CommandHost): void {
  const apps = program
    .command('apps')
    .summary('the apps that visitors reach through an edge')
    .description('Apps at home, which visitors from the internet reach by name through an edge.')
    .addHelpText(
      'after',
      host.footer(['bridgehead apps list -i inventory/hybrid-edge.yaml'], ['go', 'badInput', 'unreachable']),
    );
  addHubOptions(apps.command('list'))
    .option('--live', 'log in to the nodes of the apps, and show who has their ports')
    .summary('list every app from its name to its socket, and who has its port')
    .description(
      'Lists each app with its name, its edge, the port on its node and where it listens. Connects to nothing without ' +
        '--live, which shows who has the port now: nftables, a unit, a process, or nobody.',
    )
    .addHelpText(
      'after',
      host.footer(
        ['bridgehead apps list', 'bridgehead apps list --live --json'],
        ['go', 'badInput', 'unreachable', 'stepFailed', 'interrupted'],
      ),
    )
    .action((options: AppListOptions) =>
      host.act(async (io) => (await import('../../app/apps/list.js')).listApps(options, io)),
    );
}
