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
  for (const node of options.only) words.push('--only', node);
  if (options.shard !== undefined) words.push('--shard', shardText(options.shard));
  if (options.deep === true) words.push('--deep');
  if (options.stateDir !== undefined) words.push('--state-dir', options.stateDir);
  return commandLine(words);
}
