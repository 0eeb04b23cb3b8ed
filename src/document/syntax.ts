import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { InputError, type Problem } from '../core/errors.js';

/** Levels; beyond it the parser itself gives way. */
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
    throw new InputError([{ file, line: deep, column: 1, message, fix: 'no file of this kind needs that' }]);
  }
  const lines = new LineCounter();
  // Duplicate keys are looked for while the tree is walked: the parser compares each with each.
  const tree = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
  });
  const problems = onePerLine([...tree.errors, ...tree.warnings], file, lines);
  if (tree.directives?.yaml.version === '1.1') {
    const message = 'asks for YAML 1.1';
    problems.unshift({ file, line: 1, column: 1, message, fix: 'take the %YAML line out; 1.2 is read' });
  }
  if (problems.length > 0) throw new InputError(problems);
  return { tree, lines };
}

/** The line (from 1) on which brackets, indentation or `- - -` go too deep; a rough count that no sensible file reaches. */
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

function onePerLine(errors: readonly YAMLError[], file: string, lines: LineCounter): Problem[] {
  const byLine = new Map<number, Problem>();
  const tabs = errors.some((error) => error.code === 'TAB_AS_INDENT');
  for (const error of errors) {
    // What follows a tab is guesswork of the parser.
    if (tabs && error.code !== 'TAB_AS_INDENT') continue;
    const { line, col } = lines.linePos(error.pos[0]);
    if (byLine.has(line)) continue;
    byLine.set(line, { file, line, column: col, ...inPlainWords(error) });
  }
  return [...byLine.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

const WORDS: Readonly<Record<string, readonly [message: string, fix: string]>> = {
  TAB_AS_INDENT: ['is indented with a tab', 'indent with spaces: YAML allows no tabs there'],
  MULTIPLE_DOCS: ['holds more than one document', 'keep one document a file; take the "---" out'],
  BAD_INDENT: ['is not indented like its neighbours', 'line it up with the entries it belongs to'],
  BLOCK_AS_IMPLICIT_KEY: [
    'has a second ":" where a plain value was expected, or is indented too far',
    'quote a value that has ": " in it, or line the key up with its neighbours',
  ],
  MULTILINE_IMPLICIT_KEY: ['is no "key: value"', 'put ": " (with the space) between key and value'],
  TAG_RESOLVE_FAILED: ['has a tag that is not known', 'take the "!..." out'],
  BAD_SCALAR_START: ['begins with a character that YAML keeps for itself', 'quote the value'],
  BAD_DQ_ESCAPE: [
    'has an unknown escape after a backslash',
    "use '...' quotes, in which a backslash is plain",
  ],
  BLOCK_IN_FLOW: ['has a block inside { } or [ ]', 'close the bracket first, or write it all as a block'],
};

function inPlainWords(error: YAMLError): Pick<Problem, 'message' | 'fix'> {
  const known = WORDS[error.code];
  if (known) return { message: known[0], fix: known[1] };
  if (error.code === 'MISSING_CHAR') {
    return { message: `is not closed (${lowerFirst(error.message)})`, fix: 'add what is missing' };
  }
  return {
    message: `is not YAML (${lowerFirst(error.message)})`,
    fix: 'check quotes, brackets and indentation',
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
