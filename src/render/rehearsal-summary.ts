import type { StampedEvent } from '../runner/events.js';
import type { Paint } from './colour.js';
import { commandLine } from './command-line.js';
import { table } from './table.js';
import { count, duration } from './words.js';

export interface RehearsalResult {
  /** The lab's name. */
  readonly name: string;
  readonly upMs: number;
  readonly applyMs: number;
  /** Exit code of the apply. */
  readonly code: number;
  /** What the apply wrote into its journal. */
  readonly events: readonly StampedEvent[];
  /** State folder of rehearsals. */
  readonly state: string;
  readonly kept: boolean;
  /** The inventory's file as the user gave it. */
  readonly inventory: string;
  /** The words after `bridgehead` that apply again inside the lab. */
  readonly again: readonly string[];
}

/** How a rehearsal went, and how to look around in a lab that was kept. Ends with a newline. */
export function rehearsalSummary(result: RehearsalResult, paint: Paint): string {
  const gates = result.events.filter((event) => event.type === 'gate-ended');
  const go = gates.filter((event) => event.go).length;
  const run = result.events.at(0)?.run;
  const verdict = result.code === 0 ? paint.good('GO') : paint.bad(`exit ${result.code}`);
  const rows = [
    ['rehearsal', `${verdict}  ${go} of ${count(gates.length, 'gate')} GO`],
    ['lab', `${result.name}, up in ${duration(result.upMs)}`],
    ['apply', duration(result.applyMs)],
    ...(run === undefined ? [] : [['journal', `${result.state}/runs/${run}`]]),
  ];
  const lab = (verb: string, ...words: string[]) =>
    `  ${commandLine(['bridgehead', 'lab', verb, '-i', result.inventory, ...words])}`;
  const kept = [
    '',
    'The lab is still up:',
    `${lab('run', '--', 'ssh')} NODE`,
    lab('run', '--', 'bridgehead', ...result.again),
    lab('down'),
  ];
  return `\n${[...table(rows), ...(result.kept ? kept : [])].join('\n')}\n`;
}
