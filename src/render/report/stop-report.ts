import type { Finding } from '../../layers/gate.js';
import type { PhaseNodes, ReportedError } from '../../runner/events/events.js';
import type { Paint } from '../colour.js';
import type { EventOf } from '../event-table.js';
import { indent, table } from '../table.js';
import { type ErrorGroup, groupErrors, placeOfErrors } from './error-groups.js';
import { allErrors, inNodeOrder, type NotedGate, type RunRecord, type StoppedGate } from './record.js';
import { revertedText } from './reverted-text.js';
import { leftRows } from './words.js';

const SHOWN = 10;

/** Why a run did not end in GO: each gate that answered STOP, each error, and what gates noted. May be empty. */
export function stopReport(record: RunRecord, paint: Paint): string {
  // The headline already reports an interruption; the interrupted nodes add nothing.
  const errors = allErrors(record).filter(({ code }) => code !== 'E_INTERRUPTED');
  const sections = [
    ...record.stopped.map((gate) => gateText(gate, paint)),
    ...record.noted.map((gate) => noteText(gate, paint)),
    ...groupErrors(errors).map((group) => errorText(group, paint)),
    ...record.leftOut.map((event) => leftOutText(event, paint)),
    ...record.reverted.map((event) => revertedSection(event, paint)),
    ...[...record.left].map(([phase, nodes]) => leftText(phase, nodes, paint)),
    ...(record.armed.size === 0 ? [] : [armedText(listed(record, record.armed), paint)]),
    ...(record.ended === undefined || record.underWay.size === 0
      ? []
      : [underWayText(listed(record, record.underWay), paint)]),
  ];
  return sections.map((section) => `${section}\n`).join('\n');
}

/** A node that was left out, and why. */
function leftOutText({ node, error }: EventOf<'node-left-out'>, paint: Paint): string {
  return [
    `${paint.warn('LEFT OUT')} ${paint.strong(node)}  ${paint.faint(error.code)}`,
    indent(error.message, 2),
    '  nothing was read, changed or measured on it, nor between it and other nodes',
    ...(error.fix === undefined ? [] : [`  fix: ${error.fix}`]),
  ].join('\n');
}

/** Errors as a report has them; empty when there are none. */
export function errorsText(errors: readonly ReportedError[], paint: Paint): string {
  return groupErrors(errors)
    .map((group) => `${errorText(group, paint)}\n`)
    .join('\n');
}

/** Where to read more about an error or a gate. */
export function explainText(topic: string, paint: Paint): string {
  return `${paint.faint(`more: bridgehead explain ${topic}`)}\n`;
}

/** What was reverted on a node, item by item. */
function revertedSection(event: EventOf<'guard-reverted'>, paint: Paint): string {
  const { node, phase, reverted, failed } = event;
  const more = reverted.length > SHOWN ? [`and ${reverted.length - SHOWN} more`] : [];
  return [
    `${paint.warn('REVERTED')} ${paint.strong(`${node} / ${phase}`)}  ${revertedText(event)}`,
    ...[...reverted.slice(0, SHOWN), ...more].map((item) => `  ${item}`),
    ...failed.slice(0, SHOWN).map((item) => `  ${paint.bad('NOT reverted')}: ${item}`),
  ].join('\n');
}

/** Which nodes a phase that was not GO has changed, and which it has not. */
function leftText(phase: string, left: PhaseNodes, paint: Paint): string {
  const rows = table(leftRows(left));
  return [`${paint.strong(phase)} left the nodes as follows:`, indent(rows.join('\n'), 2)].join('\n');
}

const listed = (record: RunRecord, byNode: ReadonlyMap<string, string>): string[] =>
  inNodeOrder(record, byNode, ([node]) => node).map(([node, what]) => `  ${node}: ${what}`);

function underWayText(lines: readonly string[], paint: Paint): string {
  return [
    `${paint.warn('UNDER WAY')}  these changes were started, and may still finish on their nodes:`,
    ...lines,
  ].join('\n');
}

function armedText(lines: readonly string[], paint: Paint): string {
  const head = paint.warn('STILL GUARDED');
  return [
    `${head}  these nodes revert their last changes by themselves unless they were confirmed:`,
    ...lines,
  ].join('\n');
}

function gateText(gate: StoppedGate, paint: Paint): string {
  const relied = gate.reliedOn ? '  (an earlier phase that the selected phases depend on)' : '';
  return [
    `${paint.bad('STOP')} ${paint.strong(`${gate.phase} / ${gate.gate}`)}${relied}`,
    `  ${gate.summary}`,
    ...findingsLines(
      gate.findings.filter((finding) => !finding.go),
      paint,
    ),
  ].join('\n');
}

/** What a gate found without a STOP. */
function noteText({ phase, gate, findings }: NotedGate, paint: Paint): string {
  return [
    `${paint.warn('NOTE')} ${paint.strong(`${phase} / ${gate}`)}  this stops nothing`,
    ...findingsLines(findings, paint),
  ].join('\n');
}

/** The first few findings, with the fix below each, or once if all have the same. */
function findingsLines(findings: readonly Finding[], paint: Paint): string[] {
  const fixes = new Set(findings.flatMap(({ fix }) => fix ?? []));
  const inline = fixes.size > 1;
  const shown = findings.slice(0, SHOWN);
  return [
    ...shown.flatMap((finding, index) => findingLines(finding, shown[index - 1], inline, paint)),
    ...(findings.length > SHOWN ? [`  and ${findings.length - SHOWN} more`] : []),
    ...(inline ? [] : [...fixes].map((fix) => `  fix: ${fix}`)),
  ];
}

/** The place is left out when the previous finding had the same one. */
function findingLines(
  finding: Finding,
  before: Finding | undefined,
  inline: boolean,
  paint: Paint,
): string[] {
  const where = placeOf(finding);
  const rows = table([
    ['expected', finding.expected],
    ['seen', finding.go ? paint.warn(finding.seen) : paint.bad(finding.seen)],
    ...(inline && finding.fix !== undefined ? [['fix', finding.fix]] : []),
  ]);
  const shown = before !== undefined && placeOf(before) === where;
  return [...(shown ? [] : [`  ${paint.strong(where)}`]), indent(alignRest(rows).join('\n'), 4)];
}

function placeOf({ node, peer }: Finding): string {
  return peer === undefined ? node : `${node} -> ${peer}`;
}

/** Further lines of a value are aligned with its first line. */
function alignRest(rows: readonly string[]): string[] {
  return rows.map((row) => row.replaceAll('\n', `\n${' '.repeat('expected  '.length)}`));
}

function errorText(group: ErrorGroup, paint: Paint): string {
  const { error } = group;
  const where = placeOfErrors(group);
  const head = where === '' ? '' : ` ${paint.strong(where)}`;
  return [
    `${paint.bad('FAILED')}${head}  ${paint.faint(error.code)}`,
    indent(error.message, 2),
    ...(error.evidence === undefined || error.evidence === '' ? [] : [indent(error.evidence, 4)]),
    ...(error.fix === undefined ? [] : [`  fix: ${error.fix}`]),
  ].join('\n');
}
