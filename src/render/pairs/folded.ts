import { groupsOf } from '../../core/groups.js';
import { count } from '../../core/text.js';
import type { Paint } from '../colour.js';
import { cellText, cellWords, paintCell } from './cell-text.js';
import type { Cell, PairTable } from './collect.js';

/** Lines of what differs. */
const SHOWN = 8;
/** Names in one such line. */
const NAMED = 4;
/** A pair that takes this many times as long as nine of ten is named. */
const SLOW = 3;

/** Whether all pairs say the same. */
export function isUniform({ cells }: PairTable): boolean {
  const [first] = cells;
  return cells.every(
    (cell) => first !== undefined && cell.lost === first.lost && cellText(cell) === cellText(first),
  );
}

/** A line for all pairs of a gate, and one for each node with pairs that differ from the rest. */
export function foldedLines(table: PairTable, paint: Paint): string[] {
  const { title, cells } = table;
  const well = cells.filter(({ go }) => go);
  const odd = differing(table);
  const isOdd = new Set(odd);
  const [bySource, byTarget] = (['from', 'to'] as const).map((end) =>
    groupsOf(odd, (cell) => JSON.stringify([cell[end], wordsOf(cell)])),
  ) as [Cell[][], Cell[][]];
  const groups = byTarget.length < bySource.length ? byTarget : bySource;
  const rows = groups.slice(0, SHOWN).map((group) => groupLine(group, table, paint));
  const more = groups.slice(SHOWN).reduce((sum, group) => sum + group.length, 0);
  const usual = well.filter((cell) => !isOdd.has(cell));
  return [
    `${paint.strong(title)}  ${well.length} of ${count(cells.length, 'pair')} GO${rangeText(usual)}`,
    ...rows,
    ...(more > 0 ? [`  and ${count(more, 'more pair')} that differ`] : []),
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

function mostCommon(values: readonly number[]): number | undefined {
  return groupsOf(values, String).toSorted((a, b) => b.length - a.length)[0]?.[0];
}

function rangeText(cells: readonly Cell[]): string {
  const timed = cells.filter(({ value }) => value !== undefined);
  const sorted = timed.toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return '';
  const middle = sorted[Math.floor(sorted.length / 2)] ?? most;
  if (cellText(least) === cellText(most)) return `, ${cellWords(least)}`;
  return `, ${cellText(least)} to ${cellWords(most)}, median ${cellText(middle)}`;
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
  return `  ${from} -> ${to}  ${paintCell(first, wordsOf(first), paint)}`;
}
