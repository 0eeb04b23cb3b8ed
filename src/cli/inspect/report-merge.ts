import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Io, paintFor, widthOf } from '../../app/terminal/io.js';
import { InputError, type Problem, systemCode } from '../../core/errors.js';
import { count } from '../../core/text.js';
import { clean } from '../../render/clean.js';
import { createJsonLines } from '../../render/live/json-lines.js';
import { givenText } from '../../render/report/given-text.js';
import { createRecord, recordEvent } from '../../render/report/record.js';
import { endingText } from '../../render/report/run-footer.js';

import type { StampedEvent } from '../../runner/events/events.js';
import { togetherProblems } from '../../runner/shards/compatibility.js';
import { joinReports } from '../../runner/shards/join-reports.js';
import { type Reading, readShardReport, type ShardReport } from '../../runner/shards/report.js';

export interface MergeOptions {
  readonly json?: boolean;
  readonly color: boolean;
}

/** Joins the reports in these files and prints the result; returns its exit code. */
export function mergeReports(files: readonly string[], options: MergeOptions, io: Io): number {
  const { reports, problems } = readAll(files, io);
  if (problems.length > 0) {
    const error = new InputError(problems);
    if (options.json !== true) throw error;
    io.stdout.write(`${JSON.stringify({ ok: false, problems }, null, 2)}\n`);
    return error.exitCode;
  }
  const joined = joinReports(reports);
  if (options.json === true) {
    const lines = createJsonLines((text) => void io.stdout.write(text));
    for (const event of joined) lines.event(event);
  } else {
    io.stdout.write(wholeText(joined, reports.length, options, io));
  }
  const ended = joined.at(-1);
  if (ended?.type !== 'run-ended') throw new TypeError('a joined report has an end');
  return ended.exit;
}

function readAll(files: readonly string[], io: Io): { reports: ShardReport[]; problems: Problem[] } {
  const readings = files.map((file) => readOne(file, io));
  const reports = readings.flatMap((reading) => ('report' in reading ? [reading.report] : []));
  const unread = readings.flatMap((reading) => ('problems' in reading ? reading.problems : []));
  return { reports, problems: [...unread, ...togetherProblems(reports, files.length - reports.length)] };
}

function readOne(file: string, io: Io): Reading {
  try {
    return readShardReport(file, readFileSync(resolve(io.cwd, file), 'utf8'));
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const message = code === 'ENOENT' ? 'no such file' : `cannot be read: ${code}`;
    return { problems: [{ file, message, fix: 'pass the report of each shard as a file' }] };
  }
}

function wholeText(joined: readonly StampedEvent[], shards: number, options: MergeOptions, io: Io): string {
  const record = createRecord();
  for (const event of joined) recordEvent(record, clean(event));
  const { started } = record;
  if (started === undefined) throw new TypeError('a joined report has a start');
  const head = `${givenText(started)} in ${count(shards, 'shard')}`;
  return `${head}\n\n${endingText(record, { paint: paintFor(io, 'stdout', options.color), width: widthOf(io), evidence: true })}`;
}
