import { EXIT, InputError } from '../core/errors.js';
import { rejections } from '../core/settled.js';
import type { Outcome } from '../render/report/notification/notification.js';
import type { Mode } from '../runner/events/commands.js';
import { printStaleClients } from './clients/scan-again.js';
import { load, mergedProblems, requireFit } from './load.js';
import type { Notifier } from './notify/notifier.js';
import { type Options, stateDir } from './options.js';
import { filesRead } from './reports/files-read.js';
import type { RunReports } from './reports/run-reports.js';
import { reportsWanted } from './reports/wanted.js';
import { perform } from './run/execute-run.js';
import { resumed } from './run/journal.js';
import { resumeCommand, skipCommand, undoCommand } from './run/resume-command.js';
import { select } from './select.js';
import { requireConfirmable } from './terminal/ask.js';
import type { Io } from './terminal/io.js';
import { exitOf } from './terminal/report-error.js';

/** One run from the options to the exit code: load, select, connect, run, report, notify. */
export async function session(command: Mode, options: Options, io: Io): Promise<number> {
  let reports: RunReports | undefined;
  let notifier: Notifier | undefined;
  let outcome: Outcome | undefined;
  try {
    const asked = await Promise.allSettled([reportsWanted(options, io), notifierWanted(options, io)]);
    // Whichever is there reports what is wrong with the other.
    [reports, notifier] = [fulfilled(asked[0]), fulfilled(asked[1])];
    const wrong = rejections(asked);
    if (wrong.length > 0) throw mergedProblems(wrong);
    const exit = await loadAndRun({ command, options, io, reports, notifier });
    outcome = { command, exit };
    return exit;
  } catch (error) {
    outcome = { command, exit: exitOf(error), error };
    if (error instanceof InputError) reports?.refused(error);
    throw error;
  } finally {
    reports?.write();
    if (outcome !== undefined) await notifier?.send(outcome);
  }
}

const fulfilled = <T>(settled: PromiseSettledResult<T>): T | undefined =>
  settled.status === 'fulfilled' ? settled.value : undefined;

/** Who is to be notified. What is wrong in that file is reported together with what is wrong in the others. */
async function notifierWanted(options: Options, io: Io): Promise<Notifier | undefined> {
  const { notify } = options;
  if (notify === undefined) return undefined;
  const { openNotifier } = await import('./notify/notifier.js');
  try {
    return await openNotifier(notify, io);
  } catch (error) {
    const loading = await Promise.allSettled([load(options, io).then(requireFit)]);
    throw mergedProblems([error, ...rejections(loading)]);
  }
}

interface Session {
  readonly command: Mode;
  readonly options: Options;
  readonly io: Io;
  readonly reports: RunReports | undefined;
  readonly notifier: Notifier | undefined;
}

async function loadAndRun({ command, options, io, reports, notifier }: Session): Promise<number> {
  const json = options.json === true;
  const loaded = await load(options, io);
  reports?.spare([...filesRead(loaded), ...(options.notify === undefined ? [] : [options.notify])]);
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
    options.resume === true
      ? resumed(stateDir(options.stateDir, io), loaded, { only, shard: options.shard })
      : undefined;
  if (resume !== undefined) (json ? io.stderr : io.stdout).write(`${resume.why}\n`);
  if (resume?.phases.length === 0) return EXIT.go;

  // A rehearsal prints its own commands to resume and undo: these would work on the real machines.
  const isRehearsal = io.env['BRIDGEHEAD_REHEARSAL'] !== undefined;
  const without = isRehearsal ? undefined : skipCommand(command, options, inventory);
  const { exit, changes, made, declined, facts } = await perform({
    command,
    inventory,
    playbook,
    phases: resume?.phases ?? selected,
    only,
    shard: options.shard,
    options,
    io,
    event: (event) => {
      reports?.event(event);
      notifier?.event(event);
    },
    picture: async () => {
      const { pictureOf } = await import('./what-next.js');
      return pictureOf(inventory, options, io);
    },
    ...(without !== undefined && { without }),
    ...(command === 'apply' &&
      !isRehearsal && {
        resume: resumeCommand(options, inventory),
        undo: (run: string) => undoCommand(run, inventory, options),
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
