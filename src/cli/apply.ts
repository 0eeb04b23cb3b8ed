import type { Command } from 'commander';
import type { CommandHost } from './host.js';
import { addSharedOptions, type Options } from './options.js';

export function addApply(program: Command, host: CommandHost): void {
  addSharedOptions(program.command('apply'))
    .summary('make the network as wanted, phase by phase, and prove it')
    .description(
      'Makes every node as the inventory and the playbook want it, phase by phase. The gates of a phase prove it on the ' +
        'machines; the first STOP halts everything after it. Applying again changes nothing that is as wanted.',
    )
    .option('--resume', 'go on from the first phase that was not GO')
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead apply -i inventory/home-mesh.yaml',
          'bridgehead apply --phase tunnel --yes',
          'bridgehead apply --from kernel --only wk-1,wk-2',
          'bridgehead apply --resume',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'stepFailed', 'interrupted'],
      ),
    )
    .action((options: Options) =>
      host.act(async (io) => {
        const { session } = await import('./session.js');
        return session('apply', options, io);
      }),
    );
}
