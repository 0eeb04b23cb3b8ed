import type { Command } from 'commander';
import type { Options } from '../../app/options.js';
import type { CommandHost } from '../host.js';
import { addShardOption, addSharedOptions, addSkipOption } from '../options.js';

export function addCheck(program: Command, host: CommandHost): void {
  addShardOption(addSkipOption(addSharedOptions(program.command('check'))))
    .summary('run only the gates; change no file and no setting')
    .description(
      'Runs the gates of every phase on the machines and answers GO or STOP, with the evidence. Changes no file and no setting; ' +
        'at most it makes a dead tunnel shake hands again. Takes no lock: it can run during an apply.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead check',
          'bridgehead check --phase verify --json',
          'bridgehead check --report html=check.html',
        ],
        ['go', 'badInput', 'stop', 'unreachable'],
      ),
    )
    .action((options: Options) =>
      host.act(async (io) => {
        const { session } = await import('../../app/session.js');
        return session('check', options, io);
      }),
    );
}
