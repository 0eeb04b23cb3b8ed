import { type Document, isCollection, isScalar, type LineCounter, visit, type YAMLError } from 'yaml';
import type { Problem } from '../core/errors.js';

/** A file that was parsed. */
interface Parsed {
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
}

/** One of the parser's errors, in plain words and where a person would look for it. */
interface Fault extends Pick<Problem, 'message' | 'fix'> {
  readonly error: YAMLError;
  /** Offset in the text. */
  readonly at: number;
}

/** What the parser found wrong, at most once a line, without what only follows from something else. */
export function syntaxProblems(tree: Document, { file, text, lines }: Parsed): Problem[] {
  const byLine = new Map<number, Problem>();
  for (const { at, message, fix } of faultsIn(tree, text)) {
    const { line, col } = lines.linePos(at);
    if (!byLine.has(line)) byLine.set(line, { file, line, column: col, message, ...(fix && { fix }) });
  }
  return [...byLine.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function faultsIn(tree: Document, text: string): Fault[] {
  const openings = openingsIn(tree);
  const errors = withoutGuesses([...tree.errors, ...tree.warnings]);
  // What is wrong between brackets also hides their end.
  const isHidden = (error: YAMLError): boolean => {
    const from = isOpen(error) ? openings.get(error.pos[0]) : undefined;
    return from !== undefined && errors.some(({ pos: [at] }) => from < at && at < error.pos[0]);
  };
  const faults = errors
    .filter((error) => !isHidden(error))
    .map((error): Fault => {
      const words =
        noSpace(error, text) ??
        notClosed(error, openings) ??
        misaligned(error, text) ??
        tooFar(error, text) ??
        inPlainWords(error, text);
      return { error, at: error.pos[0], ...words };
    });
  return faults.filter((fault, index) => !isSibling(fault, faults[index - 1], text));
}

/** Without what the parser only says because it lost its way before. */
function withoutGuesses(errors: readonly YAMLError[]): YAMLError[] {
  const tabs = errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  if (tabs.length > 0) return tabs;
  // After the end of the document it finds every further line unexpected.
  const end = errors.find(isLeftOver);
  const nested = new Set(
    errors.filter(({ code }) => code === 'BLOCK_AS_IMPLICIT_KEY').map(({ pos: [at] }) => at),
  );
  return errors.filter(
    (error) =>
      !(isLeftOver(error) && error !== end) &&
      !(error.code === 'MULTILINE_IMPLICIT_KEY' && nested.has(error.pos[0])),
  );
}

const isLeftOver = ({ code, message }: YAMLError): boolean =>
  code === 'UNEXPECTED_TOKEN' && / at node end| in YAML stream/.test(message);

const isOpen = ({ message }: YAMLError): boolean =>
  /^Flow (?:map|sequence) .* end with a [\]}]$/.test(message);

/** Where brackets and quotes begin, by where the parser saw them end. */
type Openings = ReadonlyMap<number, number>;

function openingsIn(tree: Document): Openings {
  const openings = new Map<number, number>();
  visit(tree, {
    Node: (_key, node) => {
      const isMarked =
        (isCollection(node) && node.flow === true) || (isScalar(node) && /^QUOTE_/.test(node.type ?? ''));
      // Inner ones come later, and are the ones that were not closed.
      if (isMarked && node.range) openings.set(node.range[1], node.range[0]);
    },
  });
  return openings;
}

/** A bracket or a quote: the parser names the place at which it gave up. */
function notClosed(error: YAMLError, openings: Openings): Omit<Fault, 'error'> | undefined {
  const at = openings.get(error.pos[0]);
  if (at === undefined) return undefined;
  const mark = /^Flow .* end with a ([\]}])$/.exec(error.message)?.[1];
  if (mark !== undefined) {
    return { at, message: `"${mark === '}' ? '{' : '['}" is not closed`, fix: `add "${mark}"` };
  }
  if (!/^Missing closing .*quote/.test(error.message)) return undefined;
  return { at, message: 'the quote that begins here is not closed', fix: 'add one at the end of the value' };
}

/** An entry beside its siblings: the parser counts the blanks and comments before it. */
function misaligned({ code, pos: [offset] }: YAMLError, text: string): Omit<Fault, 'error'> | undefined {
  if (code !== 'BAD_INDENT') return undefined;
  const blank = /^(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*/.exec(text.slice(offset))?.[0].length ?? 0;
  return { at: offset + blank, message: 'wrong indentation', fix: 'align it with its sibling entries' };
}

/** A key below a value that is complete: the parser takes both lines for one key. */
function tooFar({ code, pos: [offset] }: YAMLError, text: string): Omit<Fault, 'error'> | undefined {
  if (code !== 'BLOCK_AS_IMPLICIT_KEY') return undefined;
  const [, value = '', between = '', next] =
    /^([^\n]*\n)((?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*)([^\n]*)/.exec(text.slice(offset)) ?? [];
  if (next === undefined || /:\s/.test(value) || !/:(\s|$)/.test(next)) return undefined;
  const at = offset + value.length + between.length;
  return { at, message: 'is indented too far', fix: 'align it with its sibling entries' };
}

/** Whether an entry is only indented as its sibling before it is, which was reported. */
function isSibling(fault: Fault, before: Fault | undefined, text: string): boolean {
  if (fault.message !== 'wrong indentation' || before?.message !== fault.message) return false;
  const indent = columnOf(fault.at, text);
  const between = text.slice(before.at, fault.at).split('\n').slice(1, -1);
  return (
    columnOf(before.at, text) === indent &&
    between.every((line) => /^\s*(#|$)/.test(line) || line.search(/\S/) >= indent)
  );
}

const columnOf = (offset: number, text: string): number => offset - (text.lastIndexOf('\n', offset - 1) + 1);

const WORDS: Readonly<Record<string, readonly [message: string, fix: string]>> = {
  TAB_AS_INDENT: ['is indented with a tab', 'indent with spaces; YAML does not allow tabs there'],
  MULTIPLE_DOCS: ['contains more than one document', 'keep one document per file; remove the "---"'],
  BLOCK_AS_IMPLICIT_KEY: ['unexpected second ":"', 'quote values that contain ": "'],
  MULTILINE_IMPLICIT_KEY: ['is not a "key: value" line', 'put ": " (with the space) between key and value'],
  TAG_RESOLVE_FAILED: ['unknown tag', 'remove the "!..."'],
  BAD_SCALAR_START: ['begins with a character that is reserved in YAML', 'quote the value'],
  BAD_DQ_ESCAPE: ['unknown escape sequence', "use '...' quotes, where a backslash is literal"],
  BLOCK_IN_FLOW: ['block syntax inside { } or [ ]', 'close the bracket first, or write it all as a block'],
};

/** `lan:192.168.1.10`: the parser takes it for a key, and misses its colon. */
function noSpace({ code, pos: [at] }: YAMLError, text: string): Omit<Fault, 'error'> | undefined {
  if (code !== 'MISSING_CHAR' && code !== 'MULTILINE_IMPLICIT_KEY') return undefined;
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1).split('\n', 1)[0] ?? '';
  const [, key] = /^\s*([\w-]+):[^\s:/]/.exec(line) ?? [];
  // The value is not shown: it may be a secret.
  return key === undefined
    ? undefined
    : { at, message: `lacks a space after "${key}:"`, fix: `write "${key}: ..."` };
}

function inPlainWords(error: YAMLError, text: string): Pick<Fault, 'message' | 'fix'> {
  const known = WORDS[error.code];
  if (known) return { message: known[0], fix: known[1] };
  if (isLeftOver(error) && columnOf(error.pos[0], text) < firstIndent(text)) {
    return {
      message: 'is indented less than the first entry',
      fix: 'remove the spaces before the first entry',
    };
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
