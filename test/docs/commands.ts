import { type Block, blocksIn } from './blocks.js';
import { PAGES } from './pages.js';

/** A command that a page has its reader type. */
export interface DocCommand {
  readonly page: string;
  readonly heading: string;
  readonly line: number;
  /** Without the comment behind it. */
  readonly text: string;
  /** What the page says that it exits with, in a comment: `# exits with 3`. */
  readonly exit: number;
  /** What the page shows of its output; nothing: the page doesn't show any. */
  readonly output: readonly string[];
}

/** A file that a page has its reader write, or a change of one. */
export interface DocFile {
  readonly page: string;
  readonly heading: string;
  readonly line: number;
  readonly file: string;
  readonly isChange: boolean;
  readonly lines: readonly string[];
}

export type Act = DocCommand | DocFile;

const PROMPT = '$ ';
const COMMENT = /\s+#\s.*$/;
const EXIT = /\bexits with (\d+)/;

/** What a block has its reader do, in order. */
export function actsOf(block: Block): Act[] {
  const { page, heading, language, lines } = block;
  if (block.file !== undefined) {
    const isChange = language === 'diff';
    return [{ page, heading, line: block.line, file: block.file, isChange, lines }];
  }
  if (language === 'yaml' && lines.includes('jobs:'))
    return [{ page, heading, line: block.line, text: 'the workflow', exit: 0, output: [] }];
  if (language !== 'console') return [];
  const starts = lines.flatMap((line, index) => (line.startsWith(PROMPT) ? [index] : []));
  return starts.map((start, index) => {
    const typed = (lines[start] ?? '').slice(PROMPT.length);
    const [comment = ''] = COMMENT.exec(typed) ?? [];
    const text = typed.slice(0, typed.length - comment.length).trimEnd();
    const exit = Number(EXIT.exec(comment)?.[1] ?? 0);
    const output = lines.slice(start + 1, starts[index + 1]);
    return { page, heading, line: block.line + start, text, exit, output };
  });
}

export const isCommand = (act: Act): act is DocCommand => 'text' in act;

/** What all pages have their readers do. */
export const ACTS: readonly Act[] = PAGES.flatMap(blocksIn).flatMap(actsOf);
export const COMMANDS: readonly DocCommand[] = ACTS.filter(isCommand);
