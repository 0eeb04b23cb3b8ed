import { type Command, Option } from 'commander';
import { type ConnectFlags, guardPolicy, type Options } from '../../app/options.js';
import { type Io, paintFor } from '../../app/terminal/io.js';
import { BridgeheadError, EXIT } from '../../core/errors.js';
import { count } from '../../core/text.js';
import { clean } from '../../render/clean.js';
import { errorsText } from '../../render/report/stop-report.js';

import type { CommandHost } from '../host.js';
import { addConnectOptions, addGuardOptions, addOutputOptions, collect } from '../options.js';

type UndoOptions = ConnectFlags & Pick<Options, 'only' | 'guard' | 'guardSeconds'>;

export function addUndo(program: Command, host: CommandHost): void {
  addOutputOptions(addGuardOptions(addConnectOptions(program.command('undo'), 'undo')))
    .argument('[run]', 'run id from a report or journal (default: the last run that changed something)')
    .addOption(
      new Option('--only <node>', 'only this node; repeat, or separate names with commas')
        .argParser(collect)
        .default([], 'all'),
    )
    .summary('undo what a run changed on the nodes')
    .description(
      'Undoes on each node what a run changed there, from the node’s own snapshots: files (with owner and mode; new ones are ' +
        'removed), units, and the live network. Packages stay installed. The undo is guarded like any other change.',
    )
    .addHelpText(
      'after',
      host.footer(
        ['bridgehead undo -i inventory/home-mesh.yaml', 'bridgehead undo 20261121-101500-3fa9c1 --yes'],
        ['go', 'badInput', 'unreachable', 'reverted', 'locked', 'stepFailed', 'interrupted'],
      ),
    )
    .action((run: string | undefined, options: UndoOptions) => host.act((io) => undo(run, options, io)));
}

async function undo(given: string | undefined, options: UndoOptions, io: Io): Promise<number> {
  const { onNodes } = await import('../../app/on-nodes.js');
  const { isStanding, lastRun, readRuns } = await import('../../runner/undo/kept-runs.js');
  const { undoRun } = await import('../../runner/undo/undo.js');
  const { exitOf, toReportedError } = await import('../../runner/events/report.js');
  const request = { command: 'undo', options, io, names: options.only, guard: guardPolicy(options) };
  return onNodes(request, async ({ context, nodes, ask, say }) => {
    const kept = await readRuns(context, nodes);
    const run = given ?? lastRun(kept);
    const having = kept.flatMap(({ node, runs }) => {
      const found = runs.find((one) => one.run === run && isStanding(one));
      return found === undefined
        ? []
        : [{ node, phases: [...new Set(found.phases.map(({ phase }) => phase))] }];
    });
    if (run === undefined || having.length === 0)
      throw nothingKept(
        given,
        kept.flatMap(({ runs }) => runs.map((one) => one.run)),
      );
    say(`run ${run}, newest phase first:\n`);
    for (const { node, phases } of having) say(`  ${node}  ${clean([...phases].reverse().join(', '))}\n`);
    if (!(await ask(`Undo that run on ${count(having.length, 'node')}?`))) {
      say('Nothing was changed.\n');
      return EXIT.go;
    }
    const results = await undoRun(
      context,
      run,
      kept.filter((one) => having.some(({ node }) => node === one.node)),
    );
    const errors = results.flatMap(({ node, error }) =>
      error === undefined ? [] : [toReportedError(error, { node })],
    );
    if (options.json === true) {
      const rows = results.map(({ node, undone, error }) => ({ node, ok: error === undefined, undone }));
      io.stdout.write(
        `${JSON.stringify({ ok: errors.length === 0, run, by: context.run, nodes: rows, errors })}\n`,
      );
    } else {
      for (const { node, undone, error } of results) {
        if (error === undefined)
          say(
            `${node}  undone: ${count(undone.length, 'item')}\n${undone.map((item) => `  ${item}\n`).join('')}`,
          );
      }
      io.stderr.write(errorsText(clean(errors), paintFor(io, 'stderr', options.color)));
    }
    return errors.length === 0 ? EXIT.go : exitOf(errors);
  });
}

function nothingKept(given: string | undefined, known: readonly string[]): BridgeheadError {
  const runs = [...new Set(known)].sort();
  return new BridgeheadError(
    'E_USAGE',
    given === undefined
      ? 'there is nothing to undo'
      : `no node has a snapshot of run ${clean(given)} to undo`,
    {
      fix:
        runs.length === 0
          ? 'no node has a snapshot of any run'
          : `the nodes have snapshots of: ${clean(runs.join(', '))}`,
    },
  );
}
