import type { Options } from '../options.js';
import type { Io } from '../terminal/io.js';
import type { RunReports } from './run-reports.js';

/** The reports that were asked for; their code is loaded only then. */
export async function reportsWanted(
  { report = [] }: Pick<Options, 'report'>,
  io: Io,
): Promise<RunReports | undefined> {
  if (report.length === 0) return undefined;
  const { reportsOfRun } = await import('./run-reports.js');
  return reportsOfRun(report, io);
}
