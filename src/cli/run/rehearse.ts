import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { load } from '../../app/load.js';
import { stateDir, targetOptions } from '../../app/options.js';
import { type Io, paintFor } from '../../app/terminal/io.js';
import { watchSignals } from '../../app/terminal/signals.js';
import { EXIT } from '../../core/errors.js';
import { afterRehearsal } from '../../render/next-steps.js';
import { rehearsalSummary, visitLines } from '../../render/rehearsal-summary.js';
import type { CommandHost } from '../host.js';
import { addInventoryOption, addOutputOptions, addPlaybookOption } from '../options.js';

interface RehearseOptions {
  readonly inventory?: string;
  readonly playbook?: string;
  readonly withReboot?: boolean;
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly stateDir?: string;
}

export function addRehearse(program: Command, host: CommandHost): void {
  addOutputOptions(addPlaybookOption(addInventoryOption(program.command('rehearse'))))
    .summary('try the inventory out on disposable machines')
    .description(
      'Builds the inventory as a lab, applies the playbook from the laptop in it, gates included, has every client fetch ' +
        'pages through its tunnel, prints a summary and takes the lab down. Exits like the apply, or with 3 if a client ' +
        'fails. Needs root on Linux.',
    )
    .option('--with-reboot', 'then reboot hubs, gateways and relays, and check again without an apply')
    .option('--keep', 'leave the lab up so that you can look around')
    .option('--state-dir <folder>', 'where to keep journals (default: ~/.local/state/bridgehead)')
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead rehearse -i inventory/home-mesh.yaml',
          'bridgehead rehearse -i inventory/home-mesh.yaml --keep',
          'bridgehead rehearse -i inventory/phone-home.yaml --with-reboot',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'reverted', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((options: RehearseOptions) => host.act((io) => rehearse(options, io)));
}

async function rehearse(options: RehearseOptions, io: Io): Promise<number> {
  const { inventory } = await load(options, io);
  const [{ labDown, labUp }, { rehearseInside }] = await Promise.all([
    import('../../lab/index.js'),
    import('../../app/rehearse/rehearsal.js'),
  ]);
  const log = (line: string) => void io.stderr.write(`${line}\n`);
  const { signal, stop } = watchSignals();
  try {
    const began = Date.now();
    // A build that fails cleans up after itself; a lab that was up before stays up.
    const lab = await labUp(inventory, { log, signal });
    const upMs = Date.now() - began;
    try {
      const state = join(resolve(stateDir(options.stateDir, io)), 'rehearsals');
      const outcome = await rehearseInside({
        lab,
        inventory,
        playbook: options.playbook,
        state,
        output: outputFlags(options),
        withReboot: options.withReboot === true,
        signal,
        log,
      });
      const kept = options.keep === true;
      const result = { ...outcome, name: lab.name, upMs, state, kept, inventory: inventory.file };
      const json = options.json === true;
      if (json) io.stdout.write(visitLines(outcome));
      const paint = paintFor(io, 'stdout', options.color);
      (json ? io.stderr : io.stdout).write(rehearsalSummary(result, paint));
      if (!json && io.stdout.isTTY === true && outcome.code === EXIT.go)
        io.stdout.write(afterRehearsal(targetOptions(options, inventory), paint));
      return outcome.code;
    } finally {
      if (options.keep !== true) await labDown(inventory, { log });
    }
  } finally {
    stop();
  }
}

function outputFlags({ json, verbose, color }: RehearseOptions): string[] {
  return [
    ...(json === true ? ['--json'] : []),
    ...(verbose === true ? ['--verbose'] : []),
    ...(color ? [] : ['--no-color']),
  ];
}
