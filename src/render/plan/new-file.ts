import { isIP } from 'node:net';
import { groupsOf } from '../../core/groups.js';
import { count } from '../../core/text.js';
import type { NewFile } from '../../layers/step.js';
import { wrapWords } from '../text.js';
import type { PlanView } from './view.js';

/** Lines of a new file that are shown, its beginning or a selection. */
const EXCERPT = 4;

export interface NewFileView extends NewFile {
  /** Its lines, each after a `+`. */
  readonly lines: readonly string[];
  /** How many lines differ on other nodes; 0 if all get the same. */
  readonly differing: number;
  /** The node whose lines these are. */
  readonly node: string;
}

/** A long new file in a few lines: mode, length, purpose, and the most informative lines. */
export function newFileLines(file: NewFileView, { paint, width, hint }: PlanView): string[] {
  const { mode, purpose, lines, differing, node } = file;
  const excerpt = excerptOf(lines, purpose !== undefined);
  const differ = differing === 0 ? '' : ` (up to ${differing} differ by node)`;
  const what = purpose === undefined ? '' : `: ${purpose}`;
  const where = differing > 0 && excerpt.length > 0 ? `; on ${node}:` : '';
  const head = `new file, mode ${mode}, ${count(lines.length, 'line')}${differ}${what}${where}`;
  const rest = `… ${lines.length - excerpt.length} more lines: ${hint}`;
  return [
    ...wrapWords(head, width).map(paint.faint),
    ...excerpt.map((line) => paint.good(shortened(`+${line}`, width))),
    ...(excerpt.length === 0 ? [] : wrapWords(rest, width).map(paint.faint)),
  ];
}

/**
 * Lines with addresses, one for each set of addresses; if there are none, the first lines that aren't comments, unless the
 * file's purpose is known.
 */
function excerptOf(lines: readonly string[], hasPurpose: boolean): string[] {
  const texts = lines
    .map((line) => line.slice(1).trim())
    .filter((line) => line !== '' && !/^(#|;|\/\/)/.test(line));
  const groups = groupsOf(texts, (line) => addressesIn(line).join(' '));
  const useful = groups.flatMap(([line = '']) => (addressesIn(line).length > 0 ? [line] : []));
  return (useful.length > 0 || hasPurpose ? useful : texts).slice(0, EXCERPT);
}

const addressesIn = (line: string): string[] => line.split(/[^\da-fA-F.:]+/).filter((word) => isIP(word) > 0);

const shortened = (line: string, width: number): string =>
  line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
