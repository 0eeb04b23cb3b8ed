import { groupsOf } from '../../core/groups.js';
import type { Paint } from '../colour.js';
import type { RunRecord } from '../report/record.js';
import { collectPairs, type PairTable } from './collect.js';
import { foldedLines, isUniform } from './folded.js';
import { fitsMatrix, matrixLines } from './matrix.js';

/** Nodes that a matrix is still read at a glance with. */
const MOST_NODES = 12;

/**
 * Who reaches whom, from the gates that measure pairs: a matrix where the nodes are few and the width suffices, else what
 * differs from the rest. Ends with a newline, unless no pair was measured.
 */
export function pairsText(record: RunRecord, width: number, paint: Paint): string {
  const tables = collectPairs(record);
  const isDrawn = (table: PairTable) =>
    table.nodes.length <= MOST_NODES && fitsMatrix(table, width) && !isUniform(table);
  const drawn = groupsOf(tables.filter(isDrawn), ({ nodes }) => nodes.join(' '));
  const folded = tables.filter((table) => !isDrawn(table)).flatMap((table) => foldedLines(table, paint));
  const blocks = [
    ...drawn.map((group) => matrixLines(group, width, paint).join('\n').trimEnd()),
    folded.join('\n'),
  ].filter((block) => block !== '');
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}
