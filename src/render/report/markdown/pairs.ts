import { count } from '../../../core/text.js';
import { cellText, cellWords } from '../../pairs/cell-text.js';
import type { PairTable } from '../../pairs/collect.js';
import { isUniform } from '../../pairs/folded.js';
import type { RunReport } from '../run-report/types.js';
import { code, details, table } from './code.js';

/** Nodes that a table on a page is wide enough for. */
const MOST_NODES = 12;

/** Who reaches whom: a table if the pairs differ, else a line. */
export function pairsSection({ pairs }: RunReport): string {
  if (pairs.length === 0) return '';
  const lines = pairs.map((one) =>
    one.nodes.length <= MOST_NODES && !isUniform(one) ? matrix(one) : summaryOf(one),
  );
  return details('who reaches whom', lines.join('\n\n'));
}

function summaryOf({ title, cells }: PairTable): string {
  const go = cells.filter((cell) => cell.go);
  const values = go.toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const [least, most] = [values[0], values.at(-1)];
  const range =
    least === undefined || most === undefined || cellText(least) === cellText(most)
      ? ((most && cellWords(most)) ?? '')
      : `${cellText(least)} to ${cellWords(most)}`;
  const counted = `${go.length} of ${count(cells.length, 'pair')} GO`;
  return `${code(title)}: ${counted}${range === '' ? '' : `, ${code(range)}`}`;
}

function matrix({ title, unit, nodes, cells }: PairTable): string {
  const byWay = new Map(cells.map((cell) => [JSON.stringify([cell.from, cell.to]), cell]));
  const rows = nodes.map((from) => [
    code(from),
    ...nodes.map((to) => {
      const cell = byWay.get(JSON.stringify([from, to]));
      if (cell === undefined) return from === to ? '·' : '-';
      return cell.go ? `${cellText(cell)}${cell.lost === undefined ? '' : '!'}` : '**STOP**';
    }),
  ]);
  return `${code(`${title}, ${unit}`)}\n\n${table(['from \\ to', ...nodes.map(code)], rows)}`;
}
