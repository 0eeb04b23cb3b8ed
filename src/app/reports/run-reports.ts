import { formatProblem, messageOf, type Problem } from '../../core/errors.js';
import { reportOf } from '../../render/report/run-report/run-report.js';
import type { RunReport } from '../../render/report/run-report/types.js';
import type { EventSink, StampedEvent } from '../../runner/events/events.js';
import type { Io } from '../terminal/io.js';
import { prepareReports, type ReportTarget, writeReports } from './report-files.js';

/** The reports of a run in progress. */
export interface RunReports {
  readonly event: EventSink;
  /** Writes them, however the run ended. One that can't be written is an error on standard error, not of the run. */
  write(): void;
}

export interface ReportsRequest {
  readonly targets: readonly ReportTarget[];
  /** Files that the run reads, and that no report may replace. */
  readonly read: readonly string[];
  readonly io: Io;
}

/** Throws InputError if a report's file can't be written, or must not be. */
export function reportsOfRun({ targets, read, io }: ReportsRequest): RunReports {
  prepareReports(targets, { io, read });
  const events: StampedEvent[] = [];
  return {
    event: (event) => void events.push(event),
    write: () => {
      if (events.length === 0) return;
      for (const problem of writeAll(events, targets, io)) {
        io.stderr.write(`error: ${formatProblem(problem)}\n`);
      }
    },
  };
}

function writeAll(events: readonly StampedEvent[], targets: readonly ReportTarget[], io: Io): Problem[] {
  let report: RunReport;
  try {
    report = reportOf(events);
  } catch (error) {
    const message = `the report cannot be made: ${messageOf(error)}`;
    return targets.map(({ file }) => ({ file, message }));
  }
  return writeReports(report, targets, io);
}
