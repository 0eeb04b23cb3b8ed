import { formatProblem, messageOf, type Problem } from '../../core/errors.js';
import { reportOf } from '../../render/report/run-report/run-report.js';
import type { RunReport } from '../../render/report/run-report/types.js';
import type { EventSink, StampedEvent } from '../../runner/events/events.js';
import type { Io } from '../terminal/io.js';
import { removeStale } from './remove-stale.js';
import { prepareReports, type ReportTarget, writeReports } from './report-files.js';

/** The reports of a run in progress. */
export interface RunReports {
  readonly event: EventSink;
  /** Throws InputError if a report would replace one of these files, which the run reads. */
  spare(read: readonly string[]): void;
  /**
   * Writes them, however the run ended, or says that there was no run. One that can't be written is an error on standard
   * error, not of the run.
   */
  write(): void;
}

/** Throws InputError if a report's file can't be written. Reports of earlier runs are removed. */
export function reportsOfRun(targets: readonly ReportTarget[], io: Io): RunReports {
  prepareReports(targets, { io, read: [] });
  removeStale(targets, io);
  const events: StampedEvent[] = [];
  return {
    event: (event) => void events.push(event),
    spare: (read) => prepareReports(targets, { io, read }),
    write: () => {
      if (events.length === 0) {
        io.stderr.write('no report was written: there was no run\n');
        return;
      }
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
