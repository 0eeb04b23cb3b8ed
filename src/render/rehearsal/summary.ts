import stringWidth from 'fast-string-width';
import { count } from '../../core/text.js';
import type { Visited } from '../../lab/client/visits.js';
import type { StampedEvent } from '../../runner/events/events.js';
import { clean } from '../clean.js';
import type { Paint } from '../colour.js';
import { commandLine } from '../command-line.js';
import { table } from '../table.js';
import { duration } from '../text.js';
import { type ChangeResult, outageLines } from './outages.js';

/** One command that ran inside the lab. */
export interface RehearsalRun {
  /** Its exit code. */
  readonly code: number;
  readonly ms: number;
  /** The events in its journal. */
  readonly events: readonly StampedEvent[];
}

export interface RehearsalResult {
  /** The lab's name. */
  readonly name: string;
  readonly upMs: number;
  /** Exit code of the rehearsal. */
  readonly code: number;
  readonly apply: RehearsalRun;
  /** What was cut, if a change was rehearsed. */
  readonly change?: ChangeResult;
  /** What the clients fetched after the apply. */
  readonly visits: readonly Visited[];
  /** What was seen after these nodes had rebooted. */
  readonly reboot?: {
    readonly nodes: readonly string[];
    readonly check: RehearsalRun;
    readonly visits: readonly Visited[];
  };
  /** State folder of rehearsals. */
  readonly state: string;
  readonly kept: boolean;
  /** The inventory's file as the user gave it. */
  readonly inventory: string;
  /** The arguments of `bridgehead` that apply again inside the lab. */
  readonly again: readonly string[];
}

/** The result of a rehearsal, what its clients saw, and how to look around in a lab that was kept. Ends with a newline. */
export function rehearsalSummary(result: RehearsalResult, width: number, paint: Paint): string {
  const { apply, visits, reboot } = result;
  const run = apply.events.at(0)?.run;
  const verdict = result.code === 0 ? paint.good('GO') : paint.bad(`exit ${result.code}`);
  const rows = [
    ['rehearsal', `${verdict}  ${gatesOf(apply)}`],
    ['lab', `${result.name}, up in ${duration(result.upMs)}`],
    ['apply', duration(apply.ms)],
    ...(run === undefined ? [] : [['journal', `${result.state}/runs/${run}`]]),
  ];
  const cuts = result.change === undefined ? [] : ['', ...outageLines(result.change, { width, paint })];
  const lines = [
    ...table(rows),
    ...cuts,
    ...visitRows('What the clients fetched:', visits, { width, paint }),
  ];
  if (reboot !== undefined) {
    const { nodes, check } = reboot;
    const seen = check.code === 0 ? paint.good('GO') : paint.bad(`exit ${check.code}`);
    lines.push('', `After a reboot of ${nodes.join(', ')}, without an apply:`);
    lines.push(`  ${seen}  check: ${gatesOf(check)}`, ...visitTable(reboot.visits, { width, paint }));
  }
  if (result.kept) lines.push(...keptLines(result));
  return `\n${lines.join('\n')}\n`;
}

/** The same evidence as JSON lines. Ends with a newline, unless there is none. */
export function visitLines({ visits, reboot }: Pick<RehearsalResult, 'visits' | 'reboot'>): string {
  const lines = [
    ...visits.map((visit) => ({ type: 'client-visited', after: 'apply', ...visit })),
    ...(reboot?.visits ?? []).map((visit) => ({ type: 'client-visited', after: 'reboot', ...visit })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function gatesOf({ events }: RehearsalRun): string {
  const gates = events.filter((event) => event.type === 'gate-ended');
  return `${gates.filter((event) => event.go).length} of ${count(gates.length, 'gate')} GO`;
}

interface Place {
  readonly width: number;
  readonly paint: Paint;
}

function visitRows(title: string, visits: readonly Visited[], place: Place): string[] {
  return visits.length === 0 ? [] : ['', title, ...visitTable(visits, place)];
}

/** A line for each visit; if that is too wide, what was seen is on a second line. */
function visitTable(visits: readonly Visited[], { width, paint }: Place): string[] {
  const rows = visits.map((visit) => {
    const { go, client, url, through, from, seen } = clean(visit);
    const way = through.length === 0 ? 'outside the tunnel' : `through ${through.join(', ')}`;
    return [
      go ? paint.good('GO') : paint.bad('STOP'),
      client,
      url,
      way,
      from === undefined && go ? `not reachable: ${seen}` : seen,
    ];
  });
  const lines = table(rows).map((line) => `  ${line}`);
  if (lines.every((line) => stringWidth(line) <= width)) return lines;
  const heads = table(rows.map((row) => row.slice(0, -1)));
  return heads.flatMap((head, index) => [`  ${head}`, `        ${rows[index]?.at(-1) ?? ''}`]);
}

function keptLines({ inventory, again }: RehearsalResult): string[] {
  const lab = (verb: string, ...words: string[]) =>
    `  ${commandLine(['bridgehead', 'lab', verb, '-i', inventory, ...words])}`;
  return [
    '',
    'The lab is still up:',
    `${lab('run', '--', 'ssh')} NODE`,
    lab('run', '--', 'bridgehead', ...again),
    lab('down'),
  ];
}
