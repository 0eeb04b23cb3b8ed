import { type Command, Option } from 'commander';
import { load } from '../../app/load.js';
import { clientsLeft, pairsToRotate, rotationPhases } from '../../app/rotation.js';
import { type PerformOptions, perform } from '../../app/run/execute-run.js';
import { undoCommand } from '../../app/run/resume-command.js';
import { requireConfirmable } from '../../app/terminal/ask.js';
import type { Io } from '../../app/terminal/io.js';
import { RunSecrets } from '../../layers/pair-secrets.js';
import type { CommandHost } from '../host.js';
import {
  addFullOption,
  addInventoryOption,
  addOutputOptions,
  addPlaybookOption,
  positive,
  programTimeout,
  stateDirOption,
  sudoTimeout,
  timeout,
  waitForLock,
} from '../options.js';

interface RotateOptions extends PerformOptions {
  readonly inventory?: string;
  readonly playbook?: string;
  readonly pair: readonly string[];
  readonly verbose?: boolean;
}

export function addRotate(program: Command, host: CommandHost): void {
  const footer = host.footer(
    ['bridgehead rotate psk', 'bridgehead rotate psk --pair vps,node-a'],
    ['go', 'badInput', 'stop', 'unreachable', 'locked', 'stepFailed', 'interrupted'],
  );
  const rotate = program
    .command('rotate')
    .summary('give pairs of nodes new preshared keys while the network is running')
    .description('Replaces keys while the network is running.')
    .addHelpText('after', footer);
  addOutputOptions(addFullOption(addPlaybookOption(addInventoryOption(rotate.command('psk')))))
    .summary('replace the preshared keys')
    .description(
      'Gives each pair of nodes a new preshared key, on both sides in one run. Sessions are not cut: WireGuard uses the new ' +
        'key from the next handshake on. Clients keep their keys; `client rekey` makes new ones.',
    )
    .addOption(
      new Option('--pair <node,node>', 'only this pair; repeat for more')
        .argParser((value: string, earlier: readonly string[]) => [...earlier, value])
        .default([], 'all'),
    )
    .option('--yes', 'rotate without asking')
    .option('--accept-new', 'trust hosts that known_hosts does not have yet; a changed key is still refused')
    .option('--concurrency <n>', 'how many nodes to work on at once', positive, 16)
    .addOption(timeout)
    .addOption(sudoTimeout)
    .addOption(programTimeout)
    .addOption(waitForLock)
    .addOption(stateDirOption)
    .addHelpText('after', footer)
    .action((options: RotateOptions) => host.act((io) => rotatePsk(options, io)));
}

async function rotatePsk(options: RotateOptions, io: Io): Promise<number> {
  const { inventory, playbook } = await load(options, io);
  if (options.yes !== true) {
    requireConfirmable('rotate', {
      io,
      json: options.json === true,
      fix: 'add --yes to rotate without asking',
    });
  }
  const pairs = pairsToRotate(inventory, options.pair);
  const phases = rotationPhases(playbook);
  const secrets = new RunSecrets();
  for (const { network, nodes } of pairs) secrets.make(network.name, ...nodes);
  const { exit } = await perform({
    command: 'rotate psk',
    inventory,
    playbook,
    phases,
    only: options.pair.length === 0 ? [] : [...new Set(pairs.flatMap(({ nodes }) => nodes))],
    secrets,
    options,
    io,
    undo: (run) => undoCommand(run, inventory, options),
  });
  const left = options.pair.length === 0 ? clientsLeft(inventory) : [];
  if (left.length > 0) {
    io.stderr.write(
      `Clients keep their keys: ${left.join(', ')}. \`bridgehead client rekey NAME\` makes new ones.\n`,
    );
  }
  return exit;
}
