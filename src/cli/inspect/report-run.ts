import { stateDir } from '../../app/options.js';
import { readRun } from '../../app/reports/read-run.js';
import { prepareReports, type ReportTarget, writeReports } from '../../app/reports/report-files.js';
import type { Io } from '../../app/terminal/io.js';
import { BridgeheadError, EXIT, InputError } from '../../core/errors.js';
import { FORMATS } from '../../render/report/format-names.js';
import { reportOf } from '../../render/report/run-report/run-report.js';
import type { ReportOptions } from './report.js';

/** Writes the reports of a run that are asked for. */
export function reportRun(run: string | undefined, options: ReportOptions, io: Io): number {
  const targets = FORMATS.flatMap((format): ReportTarget[] => {
    const file = options[format];
    return file === undefined ? [] : [{ format, file }];
  });
  if (targets.length === 0) {
    throw new BridgeheadError('E_USAGE', 'no report is asked for', {
      fix: `add ${FORMATS.map((format) => `--${format} FILE`).join(', ')}, or several of them`,
    });
  }
  const { events, file } = readRun(run, stateDir(options.stateDir, io), io);
  prepareReports(targets, { io, read: [file] });
  const problems = writeReports(reportOf(events), targets, io);
  if (problems.length > 0) throw new InputError(problems);
  return EXIT.go;
}
