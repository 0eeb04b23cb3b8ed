import type { Paint } from '../colour.js';
import { isDeclined } from '../report/declined.js';
import { givenText } from '../report/given-text.js';
import type { RunRecord } from '../report/record.js';
import { verdict } from '../report/summary.js';
import { table } from '../table.js';
import { duration } from '../text.js';

/** A run that has a journal; without a record if the journal can't be read. */
export interface ListedRun {
  readonly run: string;
  readonly record?: RunRecord | undefined;
}

/** Runs, one per line, in the order given: id, time, command, inventory, how it ended, what it changed, how long it took. */
export function runListText(runs: readonly ListedRun[], paint: Paint): string {
  if (runs.length === 0) return 'no run has a journal here\n';
  const rows = runs.map(({ run, record }) => [run, timeOf(run), ...cells(record, paint)]);
  return table([['run', 'time (UTC)', 'command', 'inventory', 'result', 'changes', 'took'], ...rows])
    .map((line, index) => `${index === 0 ? paint.faint(line) : line}\n`)
    .join('');
}

/** The same, for programs: times in milliseconds, exit codes as numbers. */
export function runRows(runs: readonly ListedRun[]): readonly object[] {
  return runs.map(({ run, record }) => {
    if (record === undefined) return { run, damaged: true };
    const { started, ended } = record;
    return {
      run,
      command: started?.command,
      inventory: started?.inventory,
      playbook: started?.playbook,
      nodes: started?.nodes,
      exit: ended?.exit,
      ...(isDeclined(record) && { declined: true }),
      changes: ended?.changes,
      ms: ended?.ms,
    };
  });
}

function cells(record: RunRecord | undefined, paint: Paint): string[] {
  if (record === undefined) return ['', '', paint.bad('its journal is damaged')];
  const { started, ended } = record;
  const took = ended === undefined ? '' : duration(ended.ms);
  return [
    started?.command ?? '',
    started?.inventory.name ?? '',
    verdict(record, paint),
    String(ended?.changes ?? ''),
    took,
  ];
}

/** When a run began, from its id: `2026-11-21 10:15`; empty for a folder that isn't named so. */
export function timeOf(run: string): string {
  const [, year, month, day, hour, minute] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)\d\d-/.exec(run) ?? [];
  return year === undefined ? '' : `${year}-${month}-${day} ${hour}:${minute}`;
}

/** The first lines of a run that is shown: what it was given. */
export function runHead(run: string, { started }: RunRecord, paint: Paint): string {
  if (started === undefined) return `${paint.strong(run)}\n`;
  return `${paint.strong(run)}  ${timeOf(run)} UTC\n${givenText(started)}\n`;
}
