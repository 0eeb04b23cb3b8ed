import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { InputError, type Problem } from '../core/errors.js';

/** Levels; deeper nesting overflows the parser. */
const DEEPEST = 64;

export interface Syntax {
  readonly tree: Document;
  readonly lines: LineCounter;
}

/** Parses one YAML 1.2 document, core schema. Throws InputError with every syntax error in plain words. */
export function parseSyntax(file: string, text: string): Syntax {
  const deep = tooDeep(text);
  if (deep !== undefined) {
    const message = `is nested more than ${DEEPEST} levels deep`;
    throw new InputError([{ file, line: deep, column: 1, message, fix: 'flatten it' }]);
  }
  const lines = new LineCounter();
  // Duplicate keys are found while the tree is walked: the parser would compare each key with every other.
  const tree = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    // No !!binary, !!set or !!omap, which would be neither text nor a list.
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
  });
  const problems = onePerLine([...tree.errors, ...tree.warnings], file, lines, text);
  if (tree.directives?.yaml.version === '1.1') {
    const message = 'requests YAML 1.1';
    problems.unshift({
      file,
      line: 1,
      column: 1,
      message,
      fix: 'remove the %YAML line; files are read as YAML 1.2',
    });
  }
  if (problems.length > 0) throw new InputError(problems);
  return { tree, lines };
}

/** The line (from 1) on which brackets, indentation or `- - -` are nested too deep; a rough count, far above any sensible file. */
function tooDeep(text: string): number | undefined {
  let open = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const lead = /^[ \t]*(?:[-?:][ \t]+)*/.exec(line)?.[0].length ?? 0;
    if (lead > DEEPEST * 4) return index + 1;
    for (const character of line) {
      if (character === '[' || character === '{') open += 1;
      else if ((character === ']' || character === '}') && open > 0) open -= 1;
      if (open > DEEPEST) return index + 1;
    }
  }
  return undefined;
}

function onePerLine(errors: readonly YAMLError[], file: string, lines: LineCounter, text: string): Problem[] {
  const byLine = new Map<number, Problem>();
  for (const error of withoutEchoes(errors, text)) {
    const { line, col } = lines.linePos(placeOf(error, text));
    if (byLine.has(line)) continue;
    byLine.set(line, { file, line, column: col, ...(noSpace(error, text) ?? inPlainWords(error, text)) });
  }
  return [...byLine.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** Without what the parser only says because it lost its way before. */
function withoutEchoes(errors: readonly YAMLError[], text: string): YAMLError[] {
  // After a tab it only guesses.
  const tabs = errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  if (tabs.length > 0) return tabs;
  // After the end of the document it finds every further line unexpected.
  const end = errors.find((error) => isLeftOver(error));
  const before = end === undefined ? errors : errors.filter((error) => error === end || !isLeftOver(error));
  return before.filter((error, index) => !isSibling(error, before[index - 1], text));
}

const isLeftOver = ({ code, message }: YAMLError): boolean =>
  code === 'UNEXPECTED_TOKEN' && / at node end| in YAML stream/.test(message);

/** Whether an entry is only indented as its sibling before it is, which was reported. */
function isSibling(error: YAMLError, before: YAMLError | undefined, text: string): boolean {
  if (error.code !== 'BAD_INDENT' || before?.code !== 'BAD_INDENT') return false;
  const [from, to] = [placeOf(before, text), placeOf(error, text)];
  const indent = columnOf(to, text);
  const between = text.slice(from, to).split('\n').slice(1, -1);
  return columnOf(from, text) === indent && between.every((line) => /^\s*(#|$)/.test(line) || line.search(/\S/) >= indent);
}

const columnOf = (offset: number, text: string): number => offset - (text.lastIndexOf('\n', offset - 1) + 1);

/** Where an error's entry begins: the parser counts the blanks and comments before it. */
function placeOf({ code, pos: [offset] }: YAMLError, text: string): number {
  if (code !== 'BAD_INDENT') return offset;
  const blank = /^(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*/.exec(text.slice(offset))?.[0].length ?? 0;
  return offset + blank;
}

const WORDS: Readonly<Record<string, readonly [message: string, fix: string]>> = {
  TAB_AS_INDENT: ['is indented with a tab', 'indent with spaces; YAML does not allow tabs there'],
  MULTIPLE_DOCS: ['contains more than one document', 'keep one document per file; remove the "---"'],
  BAD_INDENT: ['wrong indentation', 'align it with its sibling entries'],
  BLOCK_AS_IMPLICIT_KEY: [
    'unexpected second ":", or indented too far',
    'quote values that contain ": ", or align the key with its siblings',
  ],
  MULTILINE_IMPLICIT_KEY: ['is not a "key: value" line', 'put ": " (with the space) between key and value'],
  TAG_RESOLVE_FAILED: ['unknown tag', 'remove the "!..."'],
  BAD_SCALAR_START: ['begins with a character that is reserved in YAML', 'quote the value'],
  BAD_DQ_ESCAPE: ['unknown escape sequence', "use '...' quotes, where a backslash is literal"],
  BLOCK_IN_FLOW: ['block syntax inside { } or [ ]', 'close the bracket first, or write it all as a block'],
};

/** `lan:192.168.1.10`: the parser takes it for a key, and misses its colon. */
function noSpace({ code, pos }: YAMLError, text: string): Pick<Problem, 'message' | 'fix'> | undefined {
  if (code !== 'MISSING_CHAR' && code !== 'MULTILINE_IMPLICIT_KEY') return undefined;
  const line = text.slice(text.lastIndexOf('\n', pos[0] - 1) + 1).split('\n', 1)[0] ?? '';
  const [, key, value] = /^\s*([\w-]+):([^\s:/].*)$/.exec(line) ?? [];
  if (key === undefined) return undefined;
  return { message: `lacks a space after "${key}:"`, fix: `write ${key}: ${value}` };
}

function inPlainWords(error: YAMLError, text: string): Pick<Problem, 'message' | 'fix'> {
  const known = WORDS[error.code];
  if (known) return { message: known[0], fix: known[1] };
  if (isLeftOver(error) && columnOf(error.pos[0], text) < firstIndent(text)) {
    return { message: 'is indented less than the first entry', fix: 'remove the spaces before the first entry' };
  }
  if (error.code === 'MISSING_CHAR') {
    return { message: `not closed (${lowerFirst(error.message)})`, fix: 'add the missing character' };
  }
  return {
    message: `invalid YAML (${lowerFirst(error.message)})`,
    fix: 'check quotes, brackets and indentation',
  };
}

/** How far the first entry of the file is indented. */
const firstIndent = (text: string): number => /^(?:[ \t\r]*(?:#[^\n]*)?\n)*( *)/.exec(text)?.[1]?.length ?? 0;

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
