import { formatProblem, type InputError, messageOf, type Problem } from '../../core/errors.js';
import { reportOf } from '../../render/report/run-report/run-report.js';
import type { RunReport } from '../../render/report/run-report/types.js';
import type { EventSink, StampedEvent } from '../../runner/events/events.js';
import type { Io } from '../terminal/io.js';
import { removeStale } from './remove-stale.js';
import {
  isAnnotating,
  prepareReports,
  type ReportTarget,
  writeProblems,
  writeReports,
} from './report-files.js';

/** The reports of a run in progress. */
export interface RunReports {
  readonly event: EventSink;
  /** Throws InputError if a report would replace one of these files, which the run reads. */
  spare(read: readonly string[]): void;
  /** There is no run, because of what the user's files say: only annotations are about that. */
  refused(error: InputError): void;
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
  let refusal: InputError | undefined;
  return {
    event: (event) => void events.push(event),
    spare: (read) => prepareReports(targets, { io, read }),
    refused: (error) => {
      refusal = error;
    },
    write: () => {
      const problems =
        events.length === 0 ? writeRefusal(refusal, targets, io) : writeAll(events, targets, io);
      for (const problem of problems) io.stderr.write(`error: ${formatProblem(problem)}\n`);
    },
  };
}

/** If there was no run: what was wrong, in the formats that have that. */
function writeRefusal(refusal: InputError | undefined, targets: readonly ReportTarget[], io: Io): Problem[] {
  if (refusal === undefined || !targets.every(({ format }) => isAnnotating(format))) {
    io.stderr.write('no report was written: there was no run\n');
  }
  return refusal === undefined ? [] : writeProblems(refusal.problems, targets, io);
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
