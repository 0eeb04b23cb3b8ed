import type { Command } from 'commander';
import type { Format } from '../../render/report/format-names.js';
import type { CommandHost } from '../host.js';
import { addOutputOptions } from '../options.js';
import type { MergeOptions } from './report-merge.js';

export interface ReportOptions extends Partial<Record<Format, string>> {
  readonly stateDir?: string;
}

export function addReport(program: Command, host: CommandHost): void {
  const report = program
    .command('report')
    .argument(
      '[run]',
      'run id, or the beginning or end of one, or a file of its --json (default: the newest run)',
    )
    .summary('write a report of a run as a page, JUnit, Markdown, JSON or annotations')
    .description(
      'Writes the report of a run, from its journal or from what it printed with --json. A file that is there is ' +
        'replaced; - is standard output. It connects to nothing, and its exit code says nothing about the run.',
    )
    .option(
      '--html <file>',
      'one page that loads nothing: the verdict, the network, the pairs, changes and gates',
    )
    .option('--junit <file>', 'a file of JUnit XML: a suite for each phase, tests for its gates and steps')
    .option('--markdown <file>', 'at most 65,000 bytes, for the summary of a job or a comment')
    .option('--json <file>', 'one JSON object, as schemas/report.schema.json describes it')
    .option(
      '--github <file>',
      'annotations that a step of a GitHub job prints, each at its node in the inventory',
    )
    .option('--gitlab <file>', "the same as GitLab's Code Quality")
    .option('--state-dir <folder>', 'where the journals are (default: ~/.local/state/bridgehead)')
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead report --html run.html',
          'bridgehead report 3fa9c1 --junit run.xml --json run.json',
          'bridgehead report network.jsonl --markdown -',
          'bridgehead report merge shard-1.jsonl shard-2.jsonl shard-3.jsonl',
        ],
        ['go', 'badInput'],
      ),
    )
    .action((run: string | undefined, options: ReportOptions) =>
      host.act(async (io) => (await import('./report-run.js')).reportRun(run, options, io)),
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
