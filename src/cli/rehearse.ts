import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Inventory } from '../inventory/types.js';
import type { Lab } from '../lab/types.js';
import { rehearsalSummary } from '../render/rehearsal-summary.js';
import { journals } from '../runner/journal.js';
import type { CommandHost } from './host.js';
import { type Io, paintFor } from './io.js';
import { load } from './load.js';
import { addInventoryOption, addOutputOptions, stateDir } from './options.js';
import { rehearsalInventory } from './rehearsal-inventory.js';
import { watchSignals } from './signals.js';
import { THIS_PROGRAM } from './this-program.js';

interface RehearseOptions {
  readonly inventory?: string;
  readonly playbook: string;
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly stateDir?: string;
}

export function addRehearse(program: Command, host: CommandHost): void {
  addOutputOptions(addInventoryOption(program.command('rehearse')))
    .summary('apply the inventory to disposable machines first')
    .description(
      'Builds the lab of the inventory, applies the playbook from the place of the laptop in it, gates and all, sums up and ' +
        'takes the lab down. The exit code is that of the apply. Needs root on Linux.',
    )
    .option('-p, --playbook <file|name>', 'playbook: a file, or the name of one that ships', 'mesh')
    .option('--keep', 'leave the lab up, to look around in')
    .option('--state-dir <folder>', 'where the journals are kept (default: ~/.local/state/bridgehead)')
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead rehearse -i inventory/home-mesh.yaml',
          'bridgehead rehearse -i inventory/home-mesh.yaml --keep',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'rolledBack', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((options: RehearseOptions) => host.act((io) => rehearse(options, io)));
}

async function rehearse(options: RehearseOptions, io: Io): Promise<number> {
  const { inventory } = await load(options, io);
  const { labDown, labUp } = await import('../lab/index.js');
  const log = (line: string) => void io.stderr.write(`${line}\n`);
  const { signal, stop } = watchSignals();
  try {
    const began = Date.now();
    // A build that fails clears up after itself; a lab that was up before is not this rehearsal's to take down.
    const lab = await labUp(inventory, { log, signal });
    const upMs = Date.now() - began;
    try {
      return await applyInside(lab, { inventory, options, io, upMs, signal });
    } finally {
      if (options.keep !== true) await labDown(inventory, { log });
    }
  } finally {
    stop();
  }
}

interface Rehearsal {
  readonly inventory: Inventory;
  readonly options: RehearseOptions;
  readonly io: Io;
  readonly upMs: number;
  readonly signal: AbortSignal;
}

/** Applies as the laptop, in a process of its own, whose terminal this one's is. */
async function applyInside(lab: Lab, { inventory, options, io, upMs, signal }: Rehearsal): Promise<number> {
  const { file, notes } = await rehearsalInventory(inventory.file, lab.home);
  for (const note of notes) io.stderr.write(`${note}\n`);
  const state = join(resolve(stateDir(options.stateDir, io)), 'rehearsals');
  const target = ['-i', file, '-p', options.playbook, '--state-dir', state];
  const words = [...THIS_PROGRAM, 'apply', '--yes', ...target, ...outputFlags(options)];
  const began = Date.now();
  const { code } = await lab.run(words, {
    stdio: 'inherit',
    env: { BRIDGEHEAD_REHEARSAL: lab.name },
    signal,
  });
  const [last = []] = journals(state);
  const isThis = Date.parse(last[0]?.at ?? '') >= began;
  const text = rehearsalSummary(
    {
      name: lab.name,
      upMs,
      applyMs: Date.now() - began,
      code,
      events: isThis ? last : [],
      state,
      kept: options.keep === true,
      inventory: inventory.file,
      again: ['apply', ...(code === 0 ? [] : ['--resume']), '--yes', ...target],
    },
    paintFor(io, 'stdout', options.color),
  );
  (options.json === true ? io.stderr : io.stdout).write(text);
  return code;
}

function outputFlags({ json, verbose, color }: RehearseOptions): string[] {
  return [
    ...(json === true ? ['--json'] : []),
    ...(verbose === true ? ['--verbose'] : []),
    ...(color ? [] : ['--no-color']),
  ];
}
