import type { Paint } from '../colour.js';
import { wrapWords } from '../text.js';

/** A page of docs/ for a terminal: highlighted headings, links without addresses, wrapped paragraphs. */
export function pageText(page: string, { paint, width }: { paint: Paint; width: number }): string {
  const blocks = page
    .trim()
    .split(/\n\n+/)
    .map((block) => {
      if (block.startsWith('#')) return paint.strong(block.replace(/^#+ /, ''));
      if (block.startsWith('    ')) return block;
      const plain = block.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
      const items = plain.startsWith('- ') ? plain.split(/\n(?=- )/) : [plain];
      return items.flatMap((item) => wrapWords(item, width, item.startsWith('- ') ? 2 : 0)).join('\n');
    });
  return `${blocks.join('\n\n')}\n`;
}

/** Names with their meanings wrapped next to them. */
export function glossaryText(rows: readonly (readonly [string, string])[], width: number): string {
  const hang = Math.max(0, ...rows.map(([name]) => name.length)) + 4;
  return rows
    .map(([name, meaning]) => {
      const [first = '', ...rest] = wrapWords(meaning, width - hang);
      return [`  ${name.padEnd(hang - 2)}${first}`, ...rest.map((line) => ' '.repeat(hang) + line)]
        .map((line) => `${line}\n`)
        .join('');
    })
    .join('');
}
