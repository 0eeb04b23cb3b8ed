import type { Command } from 'commander';
import type { CommandHost } from '../host.js';
import { addOutputOptions } from '../options.js';
import type { MergeOptions } from './report-merge.js';

export function addReport(program: Command, host: CommandHost): void {
  const report = program
    .command('report')
    .summary('join the reports of shards')
    .description('Works on reports of runs: what they printed with --json, or their journals.')
    .addHelpText(
      'after',
      host.footer(['bridgehead report merge shard-1.jsonl shard-2.jsonl shard-3.jsonl'], ['go', 'badInput']),
    );
  addOutputOptions(report.command('merge'))
    .argument('<file...>', 'one per shard, in any order')
    .summary('join the reports of all shards into one')
    .description(
      'Joins the reports of all shards of one plan, apply or check into the report that a single run would have printed. ' +
        'They must belong together: one inventory, one playbook, every shard once, each complete. Exits with the worst of ' +
        'their exit codes. Connects to nothing.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead report merge shard-1.jsonl shard-2.jsonl shard-3.jsonl',
          'bridgehead report merge --json reports/*.jsonl >network.jsonl',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'reverted', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((files: string[], options: MergeOptions) =>
      host.act(async (io) => (await import('./report-merge.js')).mergeReports(files, options, io)),
    );
}
