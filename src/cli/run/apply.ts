import type { Command } from 'commander';
import type { Options } from '../../app/options.js';
import type { CommandHost } from '../host.js';
import {
  addFullOption,
  addGuardOptions,
  addShardOption,
  addSharedOptions,
  addSkipOption,
  keepChanged,
  positive,
  programsOption,
  waitForLock,
} from '../options.js';

export function addApply(program: Command, host: CommandHost): void {
  const shared = addSharedOptions(program.command('apply'), 'apply');
  addFullOption(addGuardOptions(addShardOption(addSkipOption(shared))))
    .summary('bring every node to the wanted state, phase by phase, and prove it')
    .description(
      'Brings every node to the state that the inventory and the playbook describe, phase by phase. Gates prove each phase ' +
        'on the machines; the first STOP ends the run. Applying again only changes what differs. A change that could cut ' +
        'SSH is reverted by the node itself unless a new login confirms it.',
    )
    .option('--rollback-phase', 'revert the nodes that a phase has changed when it is not GO')
    .addOption(keepChanged)
    .addOption(programsOption)
    .option('--resume', 'resume from the first phase that was not GO, or was undone')
    .addOption(waitForLock)
    .option(
      '--shard-wait <seconds>',
      'with --shard: how long to wait in each phase for the nodes of other shards',
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
          'bridgehead apply --yes --report html=run.html --report junit=run.xml',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'reverted', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((options: Options) =>
      host.act(async (io) => {
        const { session } = await import('../../app/session.js');
        return session('apply', options, io);
      }),
    );
}
