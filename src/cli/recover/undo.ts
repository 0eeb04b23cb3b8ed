import { type Command, Option } from 'commander';
import { type ConnectFlags, guardPolicy, type Options, stateDir } from '../../app/options.js';
import { type Io, paintFor, widthOf } from '../../app/terminal/io.js';
import type { UndoChoice } from '../../app/undo/choose.js';
import { EXIT } from '../../core/errors.js';
import { count } from '../../core/text.js';
import { clean } from '../../render/clean.js';
import { runsText, runText } from '../../render/commands/undo-text.js';
import { errorsText } from '../../render/report/stop-report.js';
import type { CommandHost } from '../host.js';
import {
  addConnectOptions,
  addGuardOptions,
  addOutputOptions,
  collect,
  stateDirOption,
  waitForLock,
} from '../options.js';

type UndoOptions = ConnectFlags &
  Pick<Options, 'only' | 'guard' | 'guardSeconds' | 'stateDir' | 'waitForLock'> &
  Omit<UndoChoice, 'run'> & { readonly list?: boolean };

export function addUndo(program: Command, host: CommandHost): void {
  addOutputOptions(addGuardOptions(addConnectOptions(program.command('undo'), 'undo')))
    .argument('[run]', 'id of a run, from a report or journal (default: the last run that changed something)')
    .addOption(new Option('--list', 'only list the runs that can be undone; change nothing'))
    .addOption(new Option('--to <run>', 'undo every run after this one, newest first').conflicts('list'))
    .addOption(
      new Option('--all', 'undo every run that the nodes have kept, newest first').conflicts(['list', 'to']),
    )
    .addOption(
      new Option('--only <node>', 'only this node; repeat, or separate names with commas')
        .argParser(collect)
        .default([], 'all'),
    )
    .addOption(waitForLock)
    .addOption(stateDirOption)
    .summary('undo what a run changed on the nodes')
    .description(
      'Undoes what a run changed on each node, from the node’s own snapshots: files (with owner and mode; new ones are ' +
        'removed), units, and the live network. Packages stay installed. The undo is guarded like any other change. Several ' +
        'runs are undone newest first, and the first failure ends it.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead undo --list',
          'bridgehead undo -i inventory/home-mesh.yaml',
          'bridgehead undo 20261121-101500-3fa9c1 --yes',
          'bridgehead undo --to 20261121-101500-3fa9c1',
          'bridgehead undo --all --only wk-1',
        ],
        ['go', 'badInput', 'unreachable', 'reverted', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((run: string | undefined, options: UndoOptions, command: Command) => {
      const other = (['list', 'to', 'all'] as const).find((name) => options[name] !== undefined);
      if (run !== undefined && other !== undefined) {
        command.error(`error: a run cannot be named together with option '--${other}'`);
      }
      return host.act((io) =>
        options.list === true ? listRuns(options, io) : undo({ ...options, run }, io),
      );
    });
}

async function listRuns(options: UndoOptions, io: Io): Promise<number> {
  const { onNodes } = await import('../../app/on-nodes.js');
  const { readRuns } = await import('../../runner/undo/kept-runs.js');
  const request = { command: 'undo', options, io, names: options.only, onlyReads: true };
  return onNodes(request, async ({ context, nodes, say }) => {
    const { kept: read } = await readRuns(context, nodes, { lock: false });
    const kept = clean(read);
    if (options.json === true) io.stdout.write(`${JSON.stringify({ ok: true, nodes: kept })}\n`);
    say(runsText(kept, paintFor(io, 'stdout', options.color), widthOf(io)));
    return EXIT.go;
  });
}

async function undo(options: UndoOptions & UndoChoice, io: Io): Promise<number> {
  const { onNodes } = await import('../../app/on-nodes.js');
  const { chooseRuns, refuseOthers } = await import('../../app/undo/choose.js');
  const { readRuns } = await import('../../runner/undo/kept-runs.js');
  const { undoRun } = await import('../../runner/undo/undo.js');
  const { emitUndoPlan, undoPhase } = await import('../../runner/undo/undo-progress.js');
  const { exitOf, toReportedError } = await import('../../runner/events/report.js');
  const request = {
    command: 'undo',
    options,
    io,
    names: options.only,
    guard: guardPolicy(options),
    journal: { command: 'undo', stateDir: stateDir(options.stateDir, io) },
    waitForLock: options.waitForLock,
  } as const;
  return onNodes(request, async ({ context, nodes, begin, ask, say }) => {
    const { kept: all, before } = await readRuns(context, nodes);
    const chosen = chooseRuns(all, options);
    if (before !== undefined) refuseOthers(chosen, before, options);
    begin(chosen.map(({ run, kept }) => undoPhase(run, kept)));
    for (const { run, kept } of chosen) emitUndoPlan(context, run, kept);
    const paint = paintFor(io, 'stdout', options.color);
    for (const { run, kept } of chosen) say(runText(clean(kept), run, { paint, width: widthOf(io) }));
    const changed = new Set(chosen.flatMap(({ kept }) => kept.map(({ node }) => node)));
    const what = chosen.length === 1 ? 'that run' : `those ${chosen.length} runs, newest first,`;
    if (!(await ask(`Undo ${what} on ${count(changed.size, 'node')}?`))) {
      say('Nothing was changed.\n');
      return EXIT.go;
    }
    for (const { run, kept } of chosen) {
      const results = await undoRun(context, run, kept);
      const errors = results.flatMap(({ node, error }) =>
        error === undefined ? [] : [toReportedError(error, { node })],
      );
      if (options.json === true) {
        const rows = results.map(({ node, undone, error }) => ({ node, ok: error === undefined, undone }));
        const ok = errors.length === 0;
        io.stdout.write(`${JSON.stringify({ ok, run, by: context.run, nodes: rows, errors })}\n`);
      } else {
        if (chosen.length > 1) say(`${paint.strong(run)}\n`);
        for (const { node, undone, error } of results) {
          if (error !== undefined) continue;
          say(
            `${node}  undone: ${count(undone.length, 'item')}\n${undone.map((item) => `  ${item}\n`).join('')}`,
          );
        }
        io.stderr.write(errorsText(clean(errors), paintFor(io, 'stderr', options.color)));
      }
      if (errors.length > 0) return exitOf(errors);
    }
    return EXIT.go;
  });
}
