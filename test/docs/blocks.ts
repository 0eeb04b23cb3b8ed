import { readFileSync } from 'node:fs';

/** A block of code in a page. */
export interface Block {
  readonly page: string;
  /** The nearest heading above it. */
  readonly heading: string;
  /** Of its first line, from 1. */
  readonly line: number;
  /** First word behind the fence, such as `console`; a block that is only indented has none. */
  readonly language: string | undefined;
  /** Second word behind the fence: the file that the block is the text of, or the change of. */
  readonly file: string | undefined;
  /** Without the indentation that all of them have. */
  readonly lines: readonly string[];
}

const FENCE = /^( *)```(\S*) *(\S*)$/;
const INDENT = 4;

const without = (indent: number, line: string): string =>
  line.slice(Math.min(indent, line.length - line.trimStart().length));

/** Every block of a page's text, in order. */
export function blocksOf(page: string, text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let heading = '';
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const [, indent, language, file] = FENCE.exec(line) ?? [];
    if (indent !== undefined) {
      const end = lines.findIndex((other, index) => index > at && other.trim() === '```');
      if (end < 0) throw new Error(`${page}:${at + 1}: a fence that is never closed`);
      const inside = lines.slice(at + 1, end).map((one) => without(indent.length, one));
      blocks.push({ page, heading, line: at + 2, language, file: file || undefined, lines: inside });
      at = end;
    } else if (line.startsWith(' '.repeat(INDENT)) && lines[at - 1] === '') {
      const inside = lines.slice(at);
      const length = inside.findIndex((one) => one !== '' && !one.startsWith(' '.repeat(INDENT)));
      const block = (length < 0 ? inside : inside.slice(0, length)).map((one) => without(INDENT, one));
      blocks.push({ page, heading, line: at + 1, language: undefined, file: undefined, lines: block });
      at += block.length - 1;
    } else if (/^#+ /.test(line)) {
      heading = line.replace(/^#+ /, '');
    }
  }
  return blocks;
}

export const blocksIn = (page: string): Block[] => blocksOf(page, readFileSync(page, 'utf8'));
