import { cellText } from '../../pairs/cell-text.js';
import type { Cell, PairTable } from '../../pairs/collect.js';

/** Shades of a heat map, from the least to the most. */
export const LEVELS = 5;

/** The shade of each pair within its table. A pair that takes twice as long is as far away wherever it lies. */
export function heatOf(table: PairTable): (cell: Cell) => number {
  const { least, most } = boundsOf(table);
  const span = Math.log(most / least);
  return ({ value }) => {
    if (value === undefined || span === 0) return 0;
    return Math.min(LEVELS - 1, Math.floor((Math.log(atLeast(value) / least) / span) * LEVELS));
  };
}

/** The range of values of each shade that the table has. */
export function legendOf(table: PairTable): { readonly level: number; readonly text: string }[] {
  const { unit, cells } = table;
  const heat = heatOf(table);
  const measured = cells.filter((cell) => cell.go && cell.value !== undefined);
  return Array.from({ length: LEVELS }, (_, level) => {
    const sorted = measured
      .filter((cell) => heat(cell) === level)
      .toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0));
    return { level, text: rangeText(sorted, unit) };
  }).filter(({ text }) => text !== '');
}

function rangeText(sorted: readonly Cell[], unit: string): string {
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return '';
  const [from, to] = [cellText(least), cellText(most)];
  return from === to ? `${from} ${unit}` : `${from} to ${to} ${unit}`;
}

function boundsOf({ cells }: PairTable): { least: number; most: number } {
  const values = cells.flatMap(({ go, value }) => (go && value !== undefined ? [atLeast(value)] : []));
  return {
    least: values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    most: values.reduce((most, value) => Math.max(most, value), 0),
  };
}

/** Zero has no logarithm. */
const atLeast = (value: number): number => Math.max(value, 0.1);
