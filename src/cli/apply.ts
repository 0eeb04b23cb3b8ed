import { type Command, Option } from 'commander';
import type { Options } from '../app/options.js';
import type { CommandHost } from './host.js';
import { addGuardOptions, addShardOption, addSharedOptions, addSkipOption, positive } from './options.js';

export function addApply(program: Command, host: CommandHost): void {
  addGuardOptions(addShardOption(addSkipOption(addSharedOptions(program.command('apply')))))
    .summary('make the network as wanted, phase by phase, and prove it')
    .description(
      'Makes every node as the inventory and the playbook want it, phase by phase. The gates of a phase prove it on the ' +
        'machines; the first STOP halts everything after it. Applying again changes nothing that is as wanted. What could ' +
        'cut SSH is undone by the node itself, unless a new login confirms it.',
    )
    .option('--rollback-phase', 'put the nodes that a phase has changed back when it is not GO')
    .addOption(
      new Option(
        '--keep-changed',
        'when a tunnel fails on one node, leave the others with their changes (default: they are reverted with it)',
      ).conflicts('rollbackPhase'),
    )
    .option('--resume', 'go on from the first phase that was not GO')
    .option(
      '--shard-wait <seconds>',
      'with --shard: for the nodes of other shards to come as far as its own, in each phase',
      positive,
      600,
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead apply -i inventory/home-mesh.yaml',
          'bridgehead apply --phase tunnel --yes',
          'bridgehead apply --from kernel --only wk-1,wk-2',
          'bridgehead apply --resume',
          'bridgehead apply --yes --json --shard 2/3 >shard-2.jsonl',
          'bridgehead apply --yes --guard-seconds 180 --rollback-phase',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'rolledBack', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((options: Options) =>
      host.act(async (io) => {
        const { session } = await import('../app/session.js');
        return session('apply', options, io);
      }),
    );
}
