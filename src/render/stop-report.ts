import type { Finding } from '../gates/types.js';
import type { ReportedError } from '../runner/events.js';
import type { Paint } from './colour.js';
import { allErrors, type RunRecord, type StoppedGate } from './record.js';
import { indent, table } from './table.js';

const SHOWN = 10;

/** Why a run did not end in GO: each gate that said STOP and each error. Empty when there is nothing to tell. */
export function stopReport(record: RunRecord, paint: Paint): string {
  const sections = [
    ...record.stopped.map((gate) => gateText(gate, paint)),
    ...groupErrors(allErrors(record)).map((group) => errorText(group, paint)),
  ];
  return sections.map((section) => `${section}\n`).join('\n');
}

function gateText(gate: StoppedGate, paint: Paint): string {
  const relied = gate.reliedOn ? '  (an earlier phase, which the selected ones stand on)' : '';
  const bad = gate.findings.filter((finding) => !finding.go);
  const shown = bad.slice(0, SHOWN).map((finding) => findingText(finding, paint));
  const more = bad.length > SHOWN ? [`  and ${bad.length - SHOWN} more`] : [];
  return [
    `${paint.bad('STOP')} ${paint.strong(`${gate.phase} / ${gate.gate}`)}${relied}`,
    `  ${gate.summary}`,
    ...shown,
    ...more,
    ...fixes(bad),
  ].join('\n');
}

function findingText(finding: Finding, paint: Paint): string {
  const where = finding.peer === undefined ? finding.node : `${finding.node} -> ${finding.peer}`;
  const rows = table([
    ['expected', finding.expected],
    ['seen', paint.bad(finding.seen)],
  ]);
  return `  ${paint.strong(where)}\n${indent(alignRest(rows).join('\n'), 4)}`;
}

/** Values of several lines go on below their own first line. */
function alignRest(rows: readonly string[]): string[] {
  return rows.map((row) => row.replaceAll('\n', `\n${' '.repeat('expected  '.length)}`));
}

function fixes(findings: readonly Finding[]): string[] {
  const places = new Map<string, string[]>();
  for (const finding of findings) {
    if (finding.fix === undefined) continue;
    const where = finding.peer === undefined ? finding.node : `${finding.node} -> ${finding.peer}`;
    places.set(finding.fix, [...(places.get(finding.fix) ?? []), where]);
  }
  if (places.size === 1) return [...places.keys()].map((fix) => `  fix: ${fix}`);
  const all = [...places].map(([fix, at]) => {
    const first = at.slice(0, 3).join(', ');
    return `  fix (${at.length > 3 ? `${first} and ${at.length - 3} more` : first}): ${fix}`;
  });
  return all.length > SHOWN ? [...all.slice(0, SHOWN), `  and ${all.length - SHOWN} more fixes`] : all;
}

interface ErrorGroup {
  readonly error: ReportedError;
  readonly nodes: readonly string[];
}

function groupErrors(errors: readonly ReportedError[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const error of errors) {
    const { code, message, phase, step, evidence, fix } = error;
    const key = JSON.stringify([code, message, phase, step, evidence, fix]);
    const nodes = [...(groups.get(key)?.nodes ?? []), ...(error.node === undefined ? [] : [error.node])];
    groups.set(key, { error, nodes });
  }
  return [...groups.values()];
}

function errorText({ error, nodes }: ErrorGroup, paint: Paint): string {
  const where = [nodes.join(', '), error.phase, error.step].filter(
    (part) => part !== undefined && part !== '',
  );
  const head = where.length === 0 ? '' : ` ${paint.strong(where.join(' / '))}`;
  return [
    `${paint.bad('FAILED')}${head}  ${paint.faint(error.code)}`,
    indent(error.message, 2),
    ...(error.evidence === undefined || error.evidence === '' ? [] : [indent(error.evidence, 4)]),
    ...(error.fix === undefined ? [] : [`  fix: ${error.fix}`]),
  ].join('\n');
}
