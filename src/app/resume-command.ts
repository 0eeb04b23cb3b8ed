import { commandLine } from '../render/command-line.js';
import { shardText } from '../runner/shards/shard.js';
import type { Options } from './options.js';

/** The command that resumes an apply, as it would be typed. */
export function resumeCommand(options: Options, inventoryFile: string): string {
  const words = ['bridgehead', 'apply', '--resume', '-i', inventoryFile];
  if (options.playbook !== undefined) words.push('-p', options.playbook);
  for (const node of options.only) words.push('--only', node);
  if (options.shard !== undefined) words.push('--shard', shardText(options.shard));
  if (options.stateDir !== undefined) words.push('--state-dir', options.stateDir);
  return commandLine(words);
}
