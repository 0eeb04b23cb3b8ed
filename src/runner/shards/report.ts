import type { Problem } from '../../core/errors.js';
import { EXIT } from '../../core/errors.js';
import { accepts } from '../../document/index.js';
import type { RunEvent, StampedEvent } from '../events/events.js';
import { EVENT_SCHEMA } from './event-schema.js';
import type { Shard } from './shard.js';

export type Stamped<T extends RunEvent['type']> = Extract<StampedEvent, { type: T }>;

/** What one shard's run has reported, from its beginning to its end. */
export interface ShardReport {
  readonly file: string;
  readonly shard: Shard & { readonly total: number };
  readonly started: Stamped<'run-started'>;
  readonly ended: Stamped<'run-ended'>;
  readonly events: readonly StampedEvent[];
}

/** A file's report, or everything that keeps it from being one. */
export type Reading =
  | { readonly report: ShardReport }
  | { readonly problems: readonly [Problem, ...Problem[]] };

/** Errors shown of a file that isn't a report at all. */
const TOLD_LINES = 3;

interface Line {
  readonly number: number;
  readonly text: string;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a value that was read from a file is an event of a run that can be reported. */
export const isEvent = (value: unknown): boolean => accepts(value, EVENT_SCHEMA);

function readLines(text: string): { events: StampedEvent[]; bad: Line[]; cut: Line | undefined } {
  const all = text.split('\n').map((line, index): Line => ({ number: index + 1, text: line }));
  const lines = all.filter((line) => line.text.trim() !== '');
  const last = text.endsWith('\n') ? undefined : lines.at(-1);
  const events: StampedEvent[] = [];
  const bad: Line[] = [];
  let cut: Line | undefined;
  for (const line of lines) {
    const value = parse(line.text);
    if (isEvent(value)) events.push(value as StampedEvent);
    else if (line === last && value === undefined) cut = line;
    else bad.push(line);
  }
  return { events, bad, cut };
}

/** The first few lines that are no events, as problems, and how many more there are. */
function badLines(file: string, bad: readonly Line[], fix: string): Problem[] {
  const problems: Problem[] = bad
    .slice(0, TOLD_LINES)
    .map(({ number }) => ({ file, line: number, message: 'not an event of a run', fix }));
  if (bad.length > TOLD_LINES)
    problems.push({ file, message: `${bad.length - TOLD_LINES} more lines are not events` });
  return problems;
}

/**
 * The events of one run from its start on, to wherever its file ends; or what is wrong with the file, and `fix` for lines
 * that are no events.
 */
export function readRunEvents(
  file: string,
  text: string,
  fix: string,
): { readonly events: readonly StampedEvent[] } | { readonly problems: readonly Problem[] } {
  const { events, bad } = readLines(text);
  const problems = badLines(file, bad, fix);
  const [started] = events;
  if (problems.length === 0 && started === undefined) {
    problems.push({ file, message: 'it has no events: the run reported nothing' });
  } else if (problems.length === 0 && started?.type !== 'run-started') {
    problems.push({ file, line: 1, message: 'the beginning is missing: no run-started event' });
  }
  const again = events.slice(1).find(({ type, run }) => type === 'run-started' || run !== started?.run);
  if (again !== undefined) {
    problems.push({ file, message: `it holds more than one run: ${started?.run} and ${again.run}` });
  }
  return problems.length === 0 ? { events } : { problems };
}

/** Reads what a run with --json printed, or its journal. Anything wrong is reported with its line. */
export function readShardReport(file: string, text: string): Reading {
  if (text.trim() === '') {
    const fix = 'see what that run said on standard error, and run its shard again';
    return { problems: [{ file, message: 'it is empty: its run reported nothing', fix }] };
  }
  const { events, bad, cut } = readLines(text);
  const problems = badLines(
    file,
    bad,
    'pass the standard output of `bridgehead … --json --shard I/N`, and nothing else',
  );
  const [started] = events;
  const ended = events.at(-1);
  if (cut !== undefined) {
    const fix = 'download the complete file, or run its shard again';
    problems.push({ file, line: cut.number, message: 'the file is cut off in the middle of a line', fix });
  } else if (bad.length === 0 && ended?.type !== 'run-ended') {
    const fix = 'it was killed or is still running: run its shard again';
    problems.push({ file, message: 'the end is missing: the run did not finish', fix });
  }
  const again = events.slice(1).find(({ type, run }) => type === 'run-started' || run !== started?.run);
  if (again !== undefined) {
    const fix = 'write each run to its own file';
    problems.push({ file, message: `it holds more than one run: ${started?.run} and ${again.run}`, fix });
  }
  if (started?.type !== 'run-started') {
    if (bad.length === 0)
      problems.push({ file, line: 1, message: 'the beginning is missing: no run-started event' });
  } else if (started.shard === undefined) {
    const why = started.joined === undefined ? 'the run was made without --shard' : 'it is merged already';
    problems.push({ file, message: `not the report of a shard: ${why}` });
  } else if (problems.length === 0 && ended?.type === 'run-ended') {
    const unproved = unfinished(started, ended, events);
    if (unproved === undefined) return { report: { file, shard: started.shard, started, ended, events } };
    problems.push({ file, message: unproved, fix: 'run its shard again, with --yes' });
  }
  const [first, ...rest] = problems;
  return { problems: [first ?? { file, message: 'not a report' }, ...rest] };
}

/** A run that nobody let change anything ends well and proves nothing. */
function unfinished(
  { phases }: Stamped<'run-started'>,
  { exit }: Stamped<'run-ended'>,
  events: readonly StampedEvent[],
): string | undefined {
  if (exit !== EXIT.go) return undefined;
  const done = new Set(events.flatMap((event) => (event.type === 'phase-ended' ? [event.phase] : [])));
  const open = phases.filter(({ name }) => !done.has(name)).map(({ name }) => name);
  return open.length === 0 ? undefined : `the run ended before ${open.join(', ')}: its plan was declined`;
}
