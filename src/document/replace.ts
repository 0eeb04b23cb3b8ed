import { isAlias, isScalar, parseDocument, Scalar, stringify } from 'yaml';
import { InputError } from '../core/errors.js';
import { checked } from './edit.js';
import { type Path, showPath } from './path.js';

/** A text of a document, and what replaces it. */
export interface Replacement {
  readonly path: Path;
  readonly by: string;
}

/**
 * The text of a YAML document with some of its texts replaced in place, with their quotes; all else stays as the user wrote
 * it, to the byte. `file` is only its name in problems. Throws InputError, with all problems, if an alias is in the way.
 */
export function replaceTexts(file: string, text: string, replacements: readonly Replacement[]): string {
  const document = parseDocument(text);
  const found = replacements.map(({ path, by }) => ({ path, by, node: document.getIn(path, true) }));
  const problems = found
    .filter(({ node }) => !isScalar(node) || isAlias(node))
    .map(({ path }) => ({
      file,
      path: showPath(path),
      message: 'is a YAML alias, which cannot be edited',
      fix: 'write out the values',
    }));
  if (problems.length > 0) throw new InputError(problems);
  const cuts = found.flatMap(({ node, by }) =>
    isScalar(node) && node.range ? [{ from: node.range[0], to: node.range[1], by: written(node, by) }] : [],
  );
  // From the end, so that what comes before keeps its place.
  const edited = cuts
    .toSorted((a, b) => b.from - a.from)
    .reduce((now, { from, to, by }) => now.slice(0, from) + by + now.slice(to), text);
  for (const { path, by } of replacements) document.setIn(path, by);
  return checked(edited, document);
}

function written({ type }: Scalar, by: string): string {
  if (type === Scalar.QUOTE_DOUBLE) return JSON.stringify(by);
  if (type === Scalar.QUOTE_SINGLE) return `'${by.replaceAll("'", "''")}'`;
  return stringify([by], { lineWidth: 0, collectionStyle: 'flow' }).trim().slice(1, -1).trim();
}
