import { groupsOf } from '../../core/groups.js';
import { count } from '../../core/text.js';
import type { Paint } from '../colour.js';
import { wrapLine, wrapWords } from '../text.js';
import type { SharedChange } from './groups.js';
import { newFileLines } from './new-file.js';
import type { PlanView } from './view.js';

/** Lines shown of a diff that represents others. */
const SHOWN = 8;
/** Lines shown of a diff that all nodes have. */
const LONGEST = 40;
/** Characters shown of one line. */
const LONGEST_LINE = 500;
/** Lines of a new file that is shown like any other diff. */
const SHORT_FILE = 12;

interface NodeDiff {
  readonly node: string;
  readonly lines: readonly string[];
}

/** The diff of a change, as much as can be read at a glance; in a full view, the complete diff of each node. */
export function diffLines({ summary, changes }: SharedChange, view: PlanView): string[] {
  const diffs = [...changes].map(([node, { diff }]): NodeDiff => ({ node, lines: linesOf(diff, summary) }));
  const [first, ...others] = diffs;
  if (first === undefined || first.lines.length === 0) return [];
  if (view.full) return fullLines(diffs, view.paint);
  const differing = Math.max(0, ...others.map(({ lines }) => differingLines(first.lines, lines)));
  const longest = Math.max(...diffs.map(({ lines }) => lines.length));
  const made = [...changes.values()].flatMap(({ creates }) => creates ?? []);
  if (made[0] !== undefined && made.length === changes.size && first.lines.length > SHORT_FILE) {
    return newFileLines({ ...made[0], ...first, differing }, view);
  }
  const head = `up to ${differing} of ${count(longest, 'line')} differ by node; on ${first.node}:`;
  return [
    ...(differing === 0 ? [] : wrapWords(head, view.width).map(view.paint.faint)),
    ...cutLines(first.lines, differing === 0 ? LONGEST : SHOWN, view),
  ];
}

/** Unbroken, so that a line can be copied. */
function fullLines(diffs: readonly NodeDiff[], paint: Paint): string[] {
  const groups = groupsOf(diffs, ({ lines }) => lines.join('\n'));
  return groups.flatMap((group) => [
    ...(groups.length === 1 ? [] : [paint.faint(`on ${group.map(({ node }) => node).join(', ')}:`)]),
    ...(group[0]?.lines ?? []).map((line) => styleOf(line, paint)(line)),
  ]);
}

/** A single line too many is shown, not counted. */
function cutLines(lines: readonly string[], most: number, view: PlanView): string[] {
  const { paint, width, hint } = view;
  const left = lines.length - most;
  const shown = left > 1 ? lines.slice(0, most) : lines;
  return [
    ...shown.flatMap((line) => cutLine(line, view)),
    ...(left > 1 ? wrapWords(`… ${left} more lines: ${hint}`, width).map(paint.faint) : []),
  ];
}

function cutLine(line: string, { paint, width, hint }: PlanView): string[] {
  const left = line.length - LONGEST_LINE;
  return [
    ...wrapLine(line.slice(0, LONGEST_LINE), width, 2).map(styleOf(line, paint)),
    ...(left > 0 ? wrapWords(`… ${count(left, 'more character')}: ${hint}`, width).map(paint.faint) : []),
  ];
}

/** Without the names of the file if the summary has them. */
function linesOf(diff: string | undefined, summary: string): string[] {
  if (diff === undefined) return [];
  const lines = diff.replace(/\n+$/, '').split('\n');
  const [before = '', after = ''] = lines;
  const isNamed = before.startsWith('--- ') && after === `+++ ${before.slice(4)}`;
  return isNamed && summary.includes(before.slice(4)) ? lines.slice(2) : lines;
}

/** How many lines of each text aren't in the other. */
function differingLines(one: readonly string[], other: readonly string[]): number {
  return Math.max(lacking(one, other), lacking(other, one));
}

function lacking(lines: readonly string[], from: readonly string[]): number {
  const left = new Map<string, number>();
  for (const line of from) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const rest = left.get(line) ?? 0;
    left.set(line, rest - 1);
    return rest <= 0;
  }).length;
}

function styleOf(line: string, paint: Paint): (text: string) => string {
  if (/^(---|\+\+\+|@@) /.test(line)) return paint.faint;
  if (line.startsWith('+')) return paint.good;
  return line.startsWith('-') ? paint.bad : (text) => text;
}
