import stringWidth from 'fast-string-width';
import { groupsOf } from '../../core/groups.js';
import { count } from '../../core/text.js';
import type { Paint } from '../colour.js';
import { padTo } from '../table.js';
import { wrapWords } from '../text.js';
import { cellText, cellWords, paintCell } from './cell-text.js';
import type { Cell, PairTable } from './collect.js';

/** Maximum lines of differences. */
const SHOWN = 8;
/** Maximum names in such a line. */
const NAMED = 4;
/** A pair is named if it takes this many times as long as nine of ten pairs. */
const SLOW = 3;

/** Whether all pairs have the same result. */
export function isUniform({ cells }: PairTable): boolean {
  const [first] = cells;
  return cells.every(
    (cell) => first !== undefined && cell.lost === first.lost && cellText(cell) === cellText(first),
  );
}

/** For each gate a line about all its pairs, and one for each node with pairs that differ from the rest. */
export function foldedLines(tables: readonly PairTable[], width: number, paint: Paint): string[] {
  const wide = Math.max(0, ...tables.map(({ title }) => stringWidth(title)));
  return tables.flatMap((table) => {
    const [first = '', ...rest] = aboutTable(table, paint);
    const hang = wide + 2;
    const [head = '', ...more] = wrapWords(first, Math.max(width, hang) - hang);
    return [
      `${paint.strong(padTo(table.title, wide))}  ${head}`,
      ...more.map((line) => ' '.repeat(hang) + line),
      ...rest.flatMap((line) => wrapWords(line, width - 2, 2)).map((line) => `  ${line}`),
    ];
  });
}

function aboutTable(table: PairTable, paint: Paint): string[] {
  const { cells } = table;
  const well = cells.filter(({ go }) => go);
  const odd = differing(table);
  const isOdd = new Set(odd);
  const [bySource, byTarget] = (['from', 'to'] as const).map((end) =>
    groupsOf(odd, (cell) => JSON.stringify([cell[end], wordsOf(cell)])),
  ) as [Cell[][], Cell[][]];
  const groups = (byTarget.length < bySource.length ? byTarget : bySource).toSorted(worstFirst);
  const rows = groups.slice(0, SHOWN).map((group) => groupLine(group, table, paint));
  const more = groups.slice(SHOWN).reduce((sum, group) => sum + group.length, 0);
  const usual = well.filter((cell) => !isOdd.has(cell));
  return [
    `${well.length} of ${count(cells.length, 'pair')} GO${rangeText(usual, odd.length === 0)}`,
    ...rows,
    ...(more > 0 ? [`and ${count(more, 'more pair')} that differ`] : []),
  ];
}

function differing({ unit, cells }: PairTable): Cell[] {
  const values = cells.flatMap(({ value }) => value ?? []).toSorted((a, b) => a - b);
  const ninth = values[Math.floor(values.length * 0.9)] ?? 0;
  const common = mostCommon(values);
  return cells.filter(({ go, lost, value }) => {
    if (!go || lost !== undefined) return true;
    if (value === undefined) return false;
    return unit === 'bytes' ? value !== common : unit === 'ms' && value > SLOW * ninth;
  });
}

/** Those that STOP, the most pairs first; then those with the highest figure. */
function worstFirst(one: readonly Cell[], other: readonly Cell[]): number {
  const [a, b] = [one[0], other[0]];
  if (a === undefined || b === undefined) return 0;
  if (a.go !== b.go) return a.go ? 1 : -1;
  if (!a.go) return other.length - one.length;
  const more = a.unit === 'bytes' ? 1 : -1;
  return more * ((a.value ?? 0) - (b.value ?? 0));
}

function mostCommon(values: readonly number[]): number | undefined {
  return groupsOf(values, String).toSorted((a, b) => b.length - a.length)[0]?.[0];
}

function rangeText(cells: readonly Cell[], areAll: boolean): string {
  const timed = cells.filter(({ value }) => value !== undefined);
  const sorted = timed.toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return '';
  const middle = sorted[Math.floor(sorted.length / 2)] ?? most;
  if (cellText(least) === cellText(most)) return `, ${cellWords(least)}`;
  if (least.unit === 's ago') return `, newest ${cellText(least)} s, oldest ${cellText(most)} s ago`;
  const slowest = areAll ? ` (${most.from} -> ${most.to})` : '';
  return `, ${cellText(least)} to ${cellWords(most)}${slowest}, median ${cellText(middle)}`;
}

const wordsOf = (cell: Cell): string =>
  `${cellWords(cell)}${cell.lost === undefined || !cell.go ? '' : `, ${cell.lost} lost`}`;

function groupLine(group: readonly Cell[], { nodes }: PairTable, paint: Paint): string {
  const [first] = group;
  if (first === undefined) return '';
  const namesOf = (ends: readonly string[]): string => {
    const names = [...new Set(ends)];
    if (names.length > 1 && names.length === nodes.length - 1) return `all ${names.length} others`;
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    return `${names.slice(0, NAMED).join(', ')}${more}`;
  };
  const [from, to] = [namesOf(group.map((cell) => cell.from)), namesOf(group.map((cell) => cell.to))];
  return `${from} -> ${to}: ${paintCell(first, wordsOf(first), paint)}`;
}
