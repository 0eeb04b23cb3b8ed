import stringWidth from 'fast-string-width';
import { padTo } from '../table.js';

/** Lines of equal width. */
export type Block = readonly string[];

export const widthOf = (block: Block): number => Math.max(0, ...block.map((line) => stringWidth(line)));

/** The column in which a box is connected to the line above or below it. */
export const JOINT = 3;

/** A box with a title in its upper edge, wide enough for both; connected to what is above or below. */
export function box(title: string, lines: Block, joint?: 'above' | 'below'): Block {
  const wide = Math.max(widthOf(lines), stringWidth(title) + (joint === 'above' ? JOINT : 0), JOINT);
  const lead = joint === 'above' ? '──┴' : '';
  const under = '─'.repeat(wide + 2);
  return [
    `┌${lead} ${title} ${'─'.repeat(wide - stringWidth(title) - lead.length)}┐`,
    ...lines.map((line) => `│ ${padTo(line, wide)} │`),
    joint === 'below' ? `└${under.slice(0, JOINT - 1)}┬${under.slice(JOINT)}┘` : `└${under}┘`,
  ];
}

/** Blocks next to each other, in as many rows as the width requires. */
export function rowsOf(blocks: readonly Block[], width: number): Block[][] {
  const rows: Block[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const block of blocks) {
    const wide = widthOf(block);
    if (used + 1 + wide > width) {
      rows.push([]);
      used = -1;
    }
    rows.at(-1)?.push(block);
    used += 1 + wide;
  }
  return rows;
}

/** One row of blocks; `foot`: shorter ones are aligned at the bottom. */
export function beside(blocks: readonly Block[], foot = false): Block {
  const high = Math.max(0, ...blocks.map((block) => block.length));
  const widths = blocks.map(widthOf);
  return Array.from({ length: high }, (_, row) =>
    blocks
      .map((block, index) => padTo(block[foot ? row - high + block.length : row] ?? '', widths[index] ?? 0))
      .join(' '),
  );
}
