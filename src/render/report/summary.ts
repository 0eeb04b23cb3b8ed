import stringWidth from 'fast-string-width';
import { EXIT } from '../../core/errors.js';
import { count } from '../../core/text.js';
import { isChanging, isMeasuring } from '../../runner/events/commands.js';
import type { Paint } from '../colour.js';
import { nothingToChange } from '../plan/plan-text.js';
import { table } from '../table.js';
import { duration, wrapLine, wrapWords } from '../text.js';
import { isDeclined } from './declined.js';
import { type RunRecord, stepsToChange, unreachedIn } from './record.js';
import { explainText } from './stop-report.js';

export interface SummaryOptions {
  readonly paint: Paint;
  /** Columns at which sentences are wrapped. */
  readonly width?: number | undefined;
  /** The exact command that resumes from here; shown when the run did not end in GO. */
  readonly resume?: string | undefined;
  /** The command that runs on the nodes that answer; shown if others ended the run. */
  readonly without?: string | undefined;
  /** The command that undoes the run; shown when it has changed something. */
  readonly undo?: string | undefined;
  /** Where the journal was written. */
  readonly journal?: string | undefined;
  /** What `bridgehead explain` has a page about; shown when the run did not end in GO. */
  readonly topic?: string | undefined;
}

/** The last lines of a run, with a newline at the end. Empty when the run hasn't reported its end. */
export function summary(record: RunRecord, options: SummaryOptions): string {
  const { paint, width = Number.POSITIVE_INFINITY, resume, without, undo, journal, topic } = options;
  const { ended, started } = record;
  if (ended === undefined || started === undefined) return '';
  const lines = [
    ...reliedOnLines(record),
    ...unprovenLines(record, paint),
    ...(isChanging(started.command) &&
    isMeasuring(started.command) &&
    ended.exit === EXIT.go &&
    ended.changes === 0
      ? [unchanged(record)]
      : []),
    headline(record, paint),
  ].flatMap((line) => wrapLine(line, width, 2));
  if (ended.exit !== EXIT.go && ended.exit !== EXIT.changes) {
    if (topic !== undefined) lines.push(explainText(topic, paint).trimEnd());
    if (journal !== undefined) lines.push(paint.faint(`journal: ${journal}`));
    if (resume !== undefined) lines.push(`to resume: ${resume}`);
    const away = unreachedIn(record);
    if (without !== undefined && away.length > 0 && away.length < started.nodes.length) {
      lines.push(`without ${away.join(', ')}: ${without}`);
    }
  }
  if (undo !== undefined && ended.changes > 0) lines.push(paint.faint(`to undo: ${undo}`));
  return `${lines.join('\n')}\n`;
}

/** Columns for what a gate answers; if there are fewer, it begins at the left. */
const LEAST_ANSWER = 16;

/** What proved each phase, one row per gate; with a newline at the end unless it is empty. */
export function evidenceText(
  { proved }: RunRecord,
  paint: Paint,
  width: number = Number.POSITIVE_INFINITY,
): string {
  const leads = table(proved.map(({ phase, name }) => [phase, name, paint.good('GO')]));
  const used = Math.max(0, ...leads.map((lead) => stringWidth(lead))) + 2;
  const lines = proved.flatMap(({ summary }, index) => {
    const row = `${leads[index]}  ${summary}`;
    if (stringWidth(row) <= width) return [row];
    if (width - used < LEAST_ANSWER) return wrapWords(row, width, 4);
    const [first = '', ...rest] = wrapWords(summary, width - used);
    return [`${leads[index]}  ${first}`, ...rest.map((line) => ' '.repeat(used) + line)];
  });
  return lines.map((line) => `${line}\n`).join('');
}

function unchanged(record: RunRecord): string {
  if (stepsToChange(record).length > 0) return 'Nothing was changed';
  return nothingToChange(record);
}

function reliedOnLines({ reliedOn }: RunRecord): string[] {
  const phases = [...new Set(reliedOn.map((relied) => relied.phase))];
  return phases.map((phase) => {
    const gates = reliedOn.filter((relied) => relied.phase === phase);
    const text = gates.map((relied) => `${relied.gate} ${relied.go ? 'GO' : 'STOP'}`);
    return `relied on ${phase}: ${text.join(', ')}`;
  });
}

/** What the next boot will use, and nothing has proven. */
function unprovenLines({ unproven }: RunRecord, paint: Paint): string[] {
  const lines = unproven.flatMap(({ node, notes }) => notes.map((note) => `  ${node}: ${note}`));
  return lines.length === 0 ? [] : [paint.warn('NEXT BOOT'), ...new Set(lines)];
}

function headline(record: RunRecord, paint: Paint): string {
  const { started, ended, phases, proved, leftOut } = record;
  if (started === undefined || ended === undefined) return '';
  const took = `in ${duration(ended.ms)}`;
  if (isDeclined(record)) {
    return `${paint.warn('DECLINED')}  ${count(plannedIn(record), 'change')} planned, none made`;
  }
  const isMeasured = isMeasuring(started.command);
  if (ended.exit === EXIT.go && !isMeasured)
    return `${verdict(record, paint)}  ${changesText(record)} ${took}`;
  if (ended.exit === EXIT.go) {
    const done = [...phases.values()].filter((outcome) => outcome === 'go').length;
    const facts = [count(done, 'phase'), count(proved.length, 'gate'), changesText(record)].join(', ');
    const without = leftOut.length === 0 ? '' : `; without ${leftOut.map(({ node }) => node).join(', ')}`;
    return `${paint.good('GO')}  ${facts} ${took}${without}`;
  }
  const partial = [...phases.values()].filter((outcome) => outcome === 'partial').length;
  if (ended.exit === EXIT.unreachable && partial > 0 && partial === phases.size) {
    const facts = [`${count(proved.length, 'gate')} GO`, `${count(ended.changes, 'change')} made ${took}`];
    const nodes = leftOut.map(({ node }) => node).join(', ');
    return `${paint.bad('UNREACHABLE')} ${nodes}  left out; on the others ${facts.join(', ')}`;
  }
  const made = `${count(ended.changes, 'change')} made ${took}`;
  const gates = isMeasured ? `${count(proved.length, 'gate')} GO, ` : '';
  return `${verdict(record, paint)}  ${gates}${made}`;
}

/** Unplanned changes are counted separately: those that one round of changes makes necessary in the next. */
export function changesText(record: RunRecord): string {
  const made = record.ended?.changes ?? 0;
  const planned = plannedIn(record);
  const text = count(made, 'change');
  return made > planned && planned > 0
    ? `${text} (${planned} planned, ${made - planned} that those required)`
    : text;
}

/** How many changes a run has planned. */
export const plannedIn = (record: RunRecord): number =>
  stepsToChange(record).reduce((sum, { changes }) => sum + changes.length, 0);

/** How a run ended, and where: `GO`, `DONE`, `STOP at tunnel / ping`, `UNREACHABLE`, `declined`, `did not end`. */
export function verdict(record: RunRecord, paint: Paint): string {
  const { started, ended } = record;
  if (ended === undefined) return paint.warn('did not end');
  if (isDeclined(record)) return paint.warn('declined');
  if (ended.exit === EXIT.go || ended.exit === EXIT.changes) {
    return paint.good(started === undefined || isMeasuring(started.command) ? 'GO' : 'DONE');
  }
  return `${paint.bad(verdictOf(ended.exit))}${placeOf(record)}`;
}

export function verdictOf(
  exit: number,
): 'STOP' | 'UNREACHABLE' | 'LOCKED' | 'REVERTED' | 'INTERRUPTED' | 'FAILED' {
  switch (exit) {
    case EXIT.stop:
      return 'STOP';
    case EXIT.unreachable:
      return 'UNREACHABLE';
    case EXIT.locked:
      return 'LOCKED';
    case EXIT.reverted:
      return 'REVERTED';
    case EXIT.interrupted:
      return 'INTERRUPTED';
    default:
      return 'FAILED';
  }
}

export function placeOf({ phases, started, stopped }: RunRecord): string {
  const gate = stopped.at(0);
  if (gate !== undefined) return ` at ${gate.phase} / ${gate.gate}`;
  const failed = [...phases].find(([, outcome]) => outcome === 'failed' || outcome === 'stop');
  if (failed !== undefined) return ` at ${failed[0]}`;
  const next = started?.phases.find((phase) => !phases.has(phase.name));
  return phases.size > 0 && next !== undefined ? ` before ${next.name}` : '';
}
