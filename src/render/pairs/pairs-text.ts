import { groupsOf } from '../../core/groups.js';
import type { Paint } from '../colour.js';
import type { RunRecord } from '../report/record.js';
import { collectPairs, type PairTable } from './collect.js';
import { foldedLines, isUniform } from './folded.js';
import { fitsMatrix, matrixLines, mostUseful } from './matrix.js';

/** A matrix of more nodes can't be read at a glance. */
const MOST_NODES = 12;

/**
 * Who reaches whom, from the gates that measure pairs: if there are few nodes, the most informative matrix and those that fit
 * next to it; for the other gates a line, and what differs from the rest. Ends with a newline, unless no pair was measured.
 */
export function pairsText(record: RunRecord, width: number, paint: Paint): string {
  const tables = collectPairs(record);
  const drawable = tables.filter(
    (table) => table.nodes.length <= MOST_NODES && fitsMatrix(table, width) && !isUniform(table),
  );
  const groups = groupsOf(drawable, ({ nodes }) => nodes.join(' '));
  const drawn = groups.map((group) => mostUseful(group, width));
  const isDrawn = new Set<PairTable>(drawn.flat());
  const folded = tables.filter((table) => !isDrawn.has(table));
  const blocks = [
    ...drawn.map((group) => matrixLines(group, width, paint).join('\n').trimEnd()),
    foldedLines(folded, width, paint).join('\n'),
  ].filter((block) => block !== '');
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}
