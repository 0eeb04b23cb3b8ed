import { EXIT } from '../core/errors.js';
import type { Command } from '../runner/events/events.js';
import { printStaleClients } from './clients/scan-again.js';
import { perform } from './execute-run.js';
import { resumed } from './journal.js';
import { load } from './load.js';
import { type Options, stateDir } from './options.js';
import { filesRead } from './reports/files-read.js';
import type { RunReports } from './reports/run-reports.js';
import { resumeCommand, undoCommand } from './resume-command.js';
import { select } from './select.js';
import { requireConfirmable } from './terminal/ask.js';
import type { Io } from './terminal/io.js';

/** One run from the options to the exit code: load, select, connect, run, report. */
export async function session(command: Command, options: Options, io: Io): Promise<number> {
  const reports = await reportsWanted(options, io);
  try {
    return await loadAndRun({ command, options, io, reports });
  } finally {
    reports?.write();
  }
}

/** The reports that were asked for; their code is loaded only then. */
async function reportsWanted({ report = [] }: Options, io: Io): Promise<RunReports | undefined> {
  if (report.length === 0) return undefined;
  const { reportsOfRun } = await import('./reports/run-reports.js');
  return reportsOfRun(report, io);
}

interface Session {
  readonly command: Command;
  readonly options: Options;
  readonly io: Io;
  readonly reports: RunReports | undefined;
}

async function loadAndRun({ command, options, io, reports }: Session): Promise<number> {
  const json = options.json === true;
  const loaded = await load(options, io);
  reports?.spare(filesRead(loaded));
  if (command === 'apply' && options.yes !== true) {
    requireConfirmable(command, {
      io,
      json,
      fix: 'add --yes to apply without asking; `bridgehead plan` shows what would change',
    });
  }
  const { inventory, playbook } = loaded;
  const { only, phases: selected } = select(options, inventory, playbook);

  const resume =
    options.resume === true ? resumed(stateDir(options.stateDir, io), loaded, options.shard) : undefined;
  if (resume !== undefined) (json ? io.stderr : io.stdout).write(`${resume.why}\n`);
  if (resume?.phases.length === 0) return EXIT.go;

  // A rehearsal prints its own commands to resume and undo: these would work on the real machines.
  const isRehearsal = io.env['BRIDGEHEAD_REHEARSAL'] !== undefined;
  const { exit, changes, made, declined, facts } = await perform({
    command,
    inventory,
    playbook,
    phases: resume?.phases ?? selected,
    only,
    shard: options.shard,
    options,
    io,
    reports,
    picture: async () => {
      const { pictureOf } = await import('./what-next.js');
      return pictureOf(inventory, options, io);
    },
    ...(command === 'apply' &&
      !isRehearsal && {
        resume: resumeCommand(options, inventory),
        undo: (run: string) => undoCommand(run, inventory.file),
      }),
  });
  const hasMore = command === 'apply' ? made > 0 : command === 'plan' && changes > 0;
  const isGuided = isRehearsal || options.showsNext === false;
  if (hasMore && exit === EXIT.go && io.stdout.isTTY === true && !json && !isGuided) {
    const { whatNext } = await import('./what-next.js');
    io.stdout.write(whatNext(command, inventory, options, io));
  }
  if (command !== 'check' && !declined) printStaleClients(inventory, { command, facts, options, io });
  return exit === EXIT.go && command === 'plan' && options.exitCode === true && changes > 0
    ? EXIT.changes
    : exit;
}
