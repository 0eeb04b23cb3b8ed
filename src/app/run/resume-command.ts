import type { Inventory } from '../../model/inventory.js';
import { commandLine } from '../../render/command-line.js';
import { shardText } from '../../runner/shards/shard.js';
import { type Options, targetOptions } from '../options.js';

/** The command that undoes a run, as it would be typed. */
export function undoCommand(
  run: string,
  { file }: Pick<Inventory, 'file'>,
  { stateDir }: Pick<Options, 'stateDir'>,
): string {
  const state = stateDir === undefined ? [] : ['--state-dir', stateDir];
  return commandLine(['bridgehead', 'undo', run, '-i', file, ...state]);
}

/** The command that resumes an apply, as it would be typed. */
export function resumeCommand(options: Options, inventory: Pick<Inventory, 'file'>): string {
  const words = ['bridgehead', 'apply', '--resume', ...targetOptions(options, inventory)];
  return commandLine([...words, ...scopeWords(options)]);
}

/** The command that does the same on the nodes that answer; undefined if it did, or can't. */
export function skipCommand(
  command: 'apply' | 'check' | 'plan',
  options: Options,
  inventory: Pick<Inventory, 'file'>,
): string | undefined {
  if (options.skipUnreachable === true || options.shard !== undefined) return undefined;
  const words = ['bridgehead', command, '--skip-unreachable', ...targetOptions(options, inventory)];
  for (const phase of options.phase) words.push('--phase', phase);
  if (options.from !== undefined) words.push('--from', options.from);
  if (options.resume === true) words.push('--resume');
  return commandLine([...words, ...scopeWords(options)]);
}

function scopeWords({ only, shard, deep, stateDir }: Options): string[] {
  return [
    ...only.flatMap((node) => ['--only', node]),
    ...(shard === undefined ? [] : ['--shard', shardText(shard)]),
    ...(deep === true ? ['--deep'] : []),
    ...(stateDir === undefined ? [] : ['--state-dir', stateDir]),
  ];
}
