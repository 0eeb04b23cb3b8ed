import { type Document, LineCounter, parseDocument } from 'yaml';
import { InputError } from '../core/errors.js';
import { syntaxProblems } from './syntax-errors.js';

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
  const problems = syntaxProblems(tree, { file, text, lines });
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
