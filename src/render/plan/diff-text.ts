import { count } from '../../core/text.js';
import type { Paint } from '../colour.js';
import type { SharedChange } from './groups.js';

/** Lines shown of a diff that stands for others. */
const SHOWN = 8;

/** The diff of a change: in full where all its nodes have the same, else the beginning of the first node's. */
export function diffLines({ summary, changes }: SharedChange, paint: Paint): string[] {
  const [[node = '', first] = [], ...others] = [...changes].map(
    ([name, { diff }]) => [name, linesOf(diff, summary)] as const,
  );
  if (first === undefined) return [];
  const differing = Math.max(0, ...others.map(([, lines]) => differingLines(first, lines)));
  const longest = Math.max(first.length, ...others.map(([, lines]) => lines.length));
  const painted = first.map((line) => styleOf(line, paint)(line));
  if (differing === 0) return painted;
  const more = painted.length - SHOWN;
  return [
    paint.faint(`up to ${differing} of ${count(longest, 'line')} differ by node; on ${node}:`),
    ...(more > 1 ? painted.slice(0, SHOWN) : painted),
    ...(more > 1 ? [paint.faint(`and ${more} more lines: plan --only NODE shows all of them`)] : []),
  ];
}

/** Without the names of the file where the summary has them. */
function linesOf(diff: string | undefined, summary: string): string[] {
  if (diff === undefined) return [];
  const lines = diff.replace(/\n+$/, '').split('\n');
  const [before = '', after = ''] = lines;
  const isNamed = before.startsWith('--- ') && after === `+++ ${before.slice(4)}`;
  return isNamed && summary.includes(before.slice(4)) ? lines.slice(2) : lines;
}

/** How many lines of either have no equal in the other. */
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
