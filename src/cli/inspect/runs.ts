import { type Command, InvalidArgumentError } from 'commander';
import { stateDir } from '../../app/options.js';
import { findRun, listRecords, readRecord } from '../../app/runs/find.js';
import { eventsOfRun } from '../../app/runs/read-events.js';
import { confirm, requireConfirmable } from '../../app/terminal/ask.js';
import { type Io, paintFor, widthOf } from '../../app/terminal/io.js';
import { watchSignals } from '../../app/terminal/signals.js';
import { BridgeheadError, EXIT } from '../../core/errors.js';
import { count } from '../../core/text.js';
import { clean } from '../../render/clean.js';
import { createJsonLines } from '../../render/live/json-lines.js';
import { planText } from '../../render/plan/plan-text.js';
import { stepsToChange } from '../../render/report/record.js';
import { endingText } from '../../render/report/run-footer.js';
import { evidenceText } from '../../render/report/summary.js';
import { compareRuns } from '../../render/runs/compare.js';
import { differenceText } from '../../render/runs/difference-text.js';
import { runHead, runListText, runRows } from '../../render/runs/list.js';
import { isChanging } from '../../runner/events/commands.js';
import { deleteRuns, runIds } from '../../runner/journal/journal.js';
import { outdated } from '../../runner/journal/outdated.js';
import type { CommandHost } from '../host.js';
import { addFullOption, addOutputOptions } from '../options.js';

interface RunsOptions {
  readonly json?: boolean;
  readonly color: boolean;
  readonly stateDir?: string;
}

interface ShowOptions extends RunsOptions {
  readonly full?: boolean;
}

interface PruneOptions extends RunsOptions {
  readonly keep: number;
  readonly yes?: boolean;
}

const UNENDED = 'The run did not end: it was killed, or is still running.\n';

export function addRuns(program: Command, host: CommandHost): void {
  const runs = program
    .command('runs')
    .summary('list, show, diff and prune the journals of runs')
    .description(
      'Every plan, check and command that changes nodes keeps a journal on this computer; a rehearsal keeps its own below ' +
        'the state folder, in rehearsals. These commands read them, and connect to nothing.',
    )
    .addHelpText(
      'after',
      host.footer(
        ['bridgehead runs list', 'bridgehead runs show', 'bridgehead runs diff 3fa9c1'],
        ['go', 'badInput'],
      ),
    );
  withState(runs.command('list'))
    .summary('list the runs, newest first')
    .description(
      'Lists the runs that have a journal, newest first: what each was, how it ended, what it changed.',
    )
    .addHelpText('after', host.footer(['bridgehead runs list'], ['go', 'badInput']))
    .action((options: RunsOptions) => host.act(async (io) => list(options, io)));
  addFullOption(withState(runs.command('show')))
    .argument('[run]', 'run id, or the beginning or end of one (default: the newest run)')
    .summary('show one run: its plan, its gates, how it ended')
    .description(
      'Shows what a run printed at its end: its plan, why it stopped or what proved it. --json prints its events.',
    )
    .addHelpText(
      'after',
      host.footer(['bridgehead runs show', 'bridgehead runs show 3fa9c1'], ['go', 'badInput']),
    )
    .action((run: string | undefined, options: RunsOptions) =>
      host.act(async (io) => show(run, options, io)),
    );
  withState(runs.command('diff'))
    .argument('<run>', 'the earlier run: its id, or the beginning or end of it')
    .argument('[later]', 'the later run (default: the newest)')
    .summary('show what is different between two runs')
    .description(
      'Compares two runs: what they were given, how they ended, what they planned to change, and how each gate answered.',
    )
    .addHelpText(
      'after',
      host.footer(['bridgehead runs diff 3fa9c1', 'bridgehead runs diff 3fa9c1 91be04'], ['go', 'badInput']),
    )
    .action((run: string, later: string | undefined, options: RunsOptions) =>
      host.act(async (io) => diff([run, later], options, io)),
    );
  withState(runs.command('prune'))
    .requiredOption('--keep <n>', 'how many to keep of runs that change nodes, and of plans and checks', keep)
    .option('--yes', 'delete without asking')
    .summary('delete the journals of old runs')
    .description(
      'Deletes all journals but the newest of runs that change nodes, and the newest of plans and checks. Each new run does the ' +
        'same with 50. For `rehearse --against last`, two journals of each inventory stay however old they are: of the newest run ' +
        "that brought its nodes to it, ended in GO and wasn't undone, and of the newest run that changed a node after that. What " +
        '`bridgehead undo` needs is kept on the nodes.',
    )
    .addHelpText('after', host.footer(['bridgehead runs prune --keep 10'], ['go', 'badInput', 'interrupted']))
    .action((options: PruneOptions) => host.act(async (io) => prune(options, io)));
}

function withState(command: Command): Command {
  return addOutputOptions(
    command.option('--state-dir <folder>', 'where the journals are (default: ~/.local/state/bridgehead)'),
  );
}

function keep(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number of at least 1.');
  return number;
}

const print = (io: Io, text: string): number => {
  io.stdout.write(text);
  return EXIT.go;
};

function list(options: RunsOptions, io: Io): number {
  const runs = listRecords(stateDir(options.stateDir, io));
  if (options.json === true) return print(io, `${JSON.stringify({ ok: true, runs: runRows(runs) })}\n`);
  return print(io, runListText(runs, paintFor(io, 'stdout', options.color)));
}

function show(named: string | undefined, options: ShowOptions, io: Io): number {
  const folder = stateDir(options.stateDir, io);
  const run = findRun(folder, named);
  if (options.json === true) {
    const lines = createJsonLines((text) => void io.stdout.write(text));
    for (const event of eventsOfRun(folder, run)) lines.event(event);
    return EXIT.go;
  }
  const paint = paintFor(io, 'stdout', options.color);
  const record = readRecord(folder, run);
  const { started } = record;
  const isPlanned = started !== undefined && isChanging(started.command) && stepsToChange(record).length > 0;
  const plan = isPlanned
    ? `${planText(record, { paint, width: widthOf(io), full: options.full === true })}\n`
    : '';
  const ending = endingText(record, {
    paint,
    width: widthOf(io),
    wrapsProse: io.stdout.isTTY === true,
    evidence: true,
    full: options.full,
  });
  const end = record.ended === undefined ? `${evidenceText(record, paint)}\n${UNENDED}` : '';
  return print(io, `${runHead(run, record, paint)}\n${plan}${ending}${end}`);
}

function diff(named: readonly [string, string | undefined], options: RunsOptions, io: Io): number {
  const folder = stateDir(options.stateDir, io);
  const [a, b] = [findRun(folder, named[0]), findRun(folder, named[1])];
  if (a === b) {
    throw new BridgeheadError('E_USAGE', `${clean(a)} cannot be compared with itself`, {
      fix: 'name an earlier run',
    });
  }
  const [before, after] = [readRecord(folder, a), readRecord(folder, b)];
  const differences = compareRuns(before, after);
  if (options.json === true)
    return print(io, `${JSON.stringify({ ok: true, before: a, after: b, ...differences })}\n`);
  const paint = paintFor(io, 'stdout', options.color);
  const heads = runListText(
    [
      { run: a, record: before },
      { run: b, record: after },
    ],
    paint,
  );
  return print(io, `${heads}\n${differenceText(differences, paint)}`);
}

async function prune(options: PruneOptions, io: Io): Promise<number> {
  const folder = stateDir(options.stateDir, io);
  const { runs: old, spared } = outdated(folder, options.keep);
  if (old.length > 0 && options.yes !== true && !(await mayDelete(old.length, options, io))) {
    return print(io, 'No journal was deleted.\n');
  }
  deleteRuns(folder, old);
  if (options.json === true) return print(io, `${JSON.stringify({ ok: true, deleted: old, spared })}\n`);
  const stays = spared.map((run) => `${run} stays: \`rehearse --against last\` needs it\n`);
  return print(
    io,
    `${count(old.length, 'journal')} deleted; ${count(runIds(folder).length, 'run')} left\n${stays.join('')}`,
  );
}

async function mayDelete(runs: number, options: PruneOptions, io: Io): Promise<boolean> {
  requireConfirmable('prune', {
    io,
    json: options.json === true,
    fix: 'add --yes to delete without asking',
  });
  const signals = watchSignals(io);
  try {
    return await confirm(`Delete ${count(runs, 'old journal')}?`, signals.signal);
  } finally {
    signals.stop();
  }
}
