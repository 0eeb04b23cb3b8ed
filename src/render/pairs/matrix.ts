import stringWidth from 'fast-string-width';
import { count } from '../../core/text.js';
import type { Paint } from '../colour.js';
import { padTo } from '../table.js';
import { wrapWords } from '../text.js';
import { cellText, paintCell } from './cell-text.js';
import type { Cell, PairTable } from './collect.js';

const WIDEST_LABEL = 18;
/** Enough for the number and the beginning of a name. */
const NARROWEST_LABEL = 6;
const GAP = '   ';
const CORNER = 'from \\ to';
const MARK = '!';

/**
 * The most informative of the matrices of the same nodes, and those that fit next to it: first those with a STOP or lost
 * packets, then those with times, which differ from pair to pair.
 */
export function mostUseful(tables: readonly PairTable[], width: number): PairTable[] {
  const rank = ({ cells, unit }: PairTable): number => {
    if (cells.some(({ go }) => !go)) return 0;
    if (cells.some(isLossy)) return 1;
    return unit === 'ms' ? 2 : 3;
  };
  const taken = new Set<PairTable>();
  let used = 0;
  for (const table of tables.toSorted((a, b) => rank(a) - rank(b))) {
    if (used === 0) used = labelWidth(table.nodes);
    else if (used + blockWidth(table) > width) continue;
    used += blockWidth(table);
    taken.add(table);
  }
  return tables.filter((table) => taken.has(table));
}

/**
 * Matrices of the same nodes, side by side: a row for each node that measured, a column for each that was measured, by its
 * number.
 */
export function matrixLines(tables: readonly PairTable[], width: number, paint: Paint): string[] {
  const nodes = tables[0]?.nodes ?? [];
  const room = width - tables.reduce((sum, table) => sum + blockWidth(table), 0);
  const blocks = [labelsOf(nodes, room), ...tables.map((table) => blockOf(table, paint))];
  return [...joined(blocks), '', ...lossLines(tables, width, paint)];
}

/** Whether a matrix fits, with its labels shortened if necessary. */
export function fitsMatrix(table: PairTable, width: number): boolean {
  return blockWidth(table) + NARROWEST_LABEL <= width;
}

/** A matrix without its labels, and the gap before it. */
function blockWidth(table: PairTable): number {
  return GAP.length + Math.max(headOf(table).length, table.nodes.length * (columnOf(table) + 1) - 1);
}

const headOf = ({ title, unit }: PairTable): string => `${title}, ${unit}`;

/** Two header lines, then a line for each node, all equally wide. */
function labelsOf(nodes: readonly string[], room: number): string[] {
  const wide = Math.min(labelWidth(nodes), room);
  return ['', CORNER, ...numbered(nodes)].map((label) => padTo(cut(label, wide), wide));
}

function numbered(nodes: readonly string[]): string[] {
  const digits = String(nodes.length).length;
  return nodes.map((node, index) => `${String(index + 1).padStart(digits)} ${node}`);
}

function labelWidth(nodes: readonly string[]): number {
  const natural = Math.max(CORNER.length, ...numbered(nodes).map((name) => stringWidth(name)));
  return Math.min(WIDEST_LABEL, natural);
}

function cut(label: string, width: number): string {
  return stringWidth(label) <= width ? label : `${[...label].slice(0, width - 1).join('')}…`;
}

const isLossy = ({ go, lost }: Cell): boolean => go && lost !== undefined;

const marked = (cell: Cell): string => `${cellText(cell)}${isLossy(cell) ? MARK : ''}`;

function columnOf({ cells, nodes }: PairTable): number {
  return Math.max(String(nodes.length).length, ...cells.map((cell) => marked(cell).length));
}

function blockOf(table: PairTable, paint: Paint): string[] {
  const { nodes, cells } = table;
  const wide = columnOf(table);
  const byWay = new Map(cells.map((cell) => [JSON.stringify([cell.from, cell.to]), cell]));
  const heads = nodes.map((_node, index) => String(index + 1).padStart(wide));
  const rows = nodes.map((from) =>
    nodes
      .map((to) => {
        const cell = byWay.get(JSON.stringify([from, to]));
        if (cell === undefined) return paint.faint((from === to ? '·' : '-').padStart(wide));
        return paintCell(cell, marked(cell).padStart(wide), paint);
      })
      .join(' '),
  );
  return [paint.strong(headOf(table)), paint.faint(heads.join(' ')), ...rows];
}

/** Blocks next to each other, each as wide as its widest line. */
function joined(blocks: readonly (readonly string[])[]): string[] {
  const widths = blocks.map((block) => Math.max(...block.map((line) => stringWidth(line))));
  return (blocks[0] ?? []).map((_line, row) =>
    blocks
      .map((block, column) => padTo(block[row] ?? '', widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

function lossLines(tables: readonly PairTable[], width: number, paint: Paint): string[] {
  return tables.flatMap(({ title, cells }) => {
    const lossy = cells.filter(isLossy);
    if (lossy.length === 0) return [];
    const named = lossy.slice(0, 6).map(({ from, to, lost }) => `${from} -> ${to} ${lost}`);
    const more =
      lossy.length > named.length ? `, and ${count(lossy.length - named.length, 'more pair')}` : '';
    const text = `${paint.warn(MARK)} lost before the first answer, ${title}: ${named.join(', ')}${more}`;
    return wrapWords(text, width, 2);
  });
}
