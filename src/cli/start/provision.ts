import type { Command } from 'commander';
import { flagOf } from '../../app/provision/dialogue/answers.js';
import { QUESTIONS } from '../../app/provision/dialogue/questions.js';
import type { Key } from '../../app/provision/dialogue/types.js';
import type { Flags, ProvisionOptions } from '../../app/provision/options.js';
import type { CommandHost } from '../host.js';
import { addInventoryOption, sudoTimeout, timeout, waitForLock } from '../options.js';

export function addProvision(program: Command, host: CommandHost): void {
  const command = addInventoryOption(program.command('provision'))
    .summary('answer a few questions, and get a proven network')
    .description(
      'Logs in to your machines, finds out what they are and how they reach each other, and asks the rest. Writes ' +
        'inventory.yaml and playbook.yaml, measures port forwards, offers a rehearsal, and applies. Each question is also ' +
        'an option and a key of the answers file. Answers are kept: after Ctrl-C, run it again to resume.',
    )
    .option(
      '--answers <file>',
      'read the answers from a YAML file and ask nothing; what it leaves out is as detected',
    )
    .option('--restart', 'forget the answers that were kept, and start again')
    .option('--accept-new', 'trust hosts that known_hosts does not have yet; a changed key is still refused')
    .addOption(timeout)
    .addOption(sudoTimeout)
    .addOption(waitForLock)
    .option('--state-dir <folder>', 'where to keep answers and journals (default: ~/.local/state/bridgehead)')
    .option('--verbose', 'show stack traces and causes of errors')
    .option('--no-color', 'plain text without colours')
    .optionsGroup('Answers:');
  for (const { key, help } of QUESTIONS) command.option(`${flagOf(key)} <answer>`, help);
  command
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead provision',
          'bridgehead provision --machines vps,ms-1,wk-1,wk-2 --shape mesh',
          'bridgehead provision --answers answers.yaml --apply yes',
          'bridgehead provision --existing add --machines wk-3',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'reverted', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((options: ProvisionOptions & Readonly<Record<string, unknown>>) =>
      host.act(async (io) => {
        const { provision } = await import('../../app/provision/provision.js');
        return provision(options, flagsIn(options), io);
      }),
    );
}

function flagsIn(options: Readonly<Record<string, unknown>>): Flags {
  const given = QUESTIONS.flatMap(({ key }): [Key, string][] => {
    const text = options[key];
    return typeof text === 'string' ? [[key, text]] : [];
  });
  return Object.fromEntries(given);
}
