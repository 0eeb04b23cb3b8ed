import { type Command, Option } from 'commander';
import type { Options } from '../../app/options.js';
import type { CommandHost } from '../host.js';
import { addFullOption, addShardOption, addSharedOptions, addSkipOption } from '../options.js';

export function addPlan(program: Command, host: CommandHost): void {
  addFullOption(addShardOption(addSkipOption(addSharedOptions(program.command('plan')))))
    .summary('show what apply would change, and what that would disrupt')
    .description(
      'Reads every node and shows what apply would do: each change, its diff, and what it disrupts. Long files are shown in ' +
        'short unless --full is given. Changes nothing, and takes no lock: it can run during an apply.',
    )
    .option('--exit-code', 'exit with 10 if there is something to change')
    .addOption(new Option('--programs <folder>', 'nothing is sent').hideHelp())
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead plan -i inventory/home-mesh.yaml',
          'bridgehead plan --phase tunnel --only wk-1 --full',
          'bridgehead plan --report markdown=plan.md',
        ],
        ['go', 'badInput', 'unreachable', 'changes'],
      ),
    )
    .action((options: Options) =>
      host.act(async (io) => {
        const { session } = await import('../../app/session.js');
        return session('plan', options, io);
      }),
    );
}
