import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument, Scalar, stringify } from 'yaml';
import { InputError, type Problem } from '../../core/errors.js';
import { type Path, showPath } from '../path.js';
import { checked } from './edit.js';

/** A text of a document, and what replaces it. */
export interface Replacement {
  readonly path: Path;
  readonly by: string;
}

/**
 * The text of a YAML document with some of its texts replaced in place, with their quotes; all else stays as the user wrote
 * it, to the byte. `file` is only its name in problems. Throws InputError, with all problems, if an alias is on the
 * way, or no text is there.
 */
export function replaceTexts(file: string, text: string, replacements: readonly Replacement[]): string {
  const document = parseDocument(text);
  const found = replacements.map(({ path, by }) => ({ path, by, node: nodeAt(document, path) }));
  const problems = found.flatMap(({ node, path }) => (isScalar(node) ? [] : [inTheWay(file, path, node)]));
  if (problems.length > 0) throw new InputError(problems);
  const cuts = found.flatMap(({ node, by }) =>
    isScalar(node) && node.range ? [{ from: node.range[0], to: node.range[1], by: written(node, by) }] : [],
  );
  // From the end, so that what comes before keeps its place.
  const edited = cuts
    .toSorted((a, b) => b.from - a.from)
    .reduce((now, { from, to, by }) => now.slice(0, from) + by + now.slice(to), text);
  for (const { node, by } of found) if (isScalar(node)) node.value = by;
  return checked(edited, document);
}

/** What is at a path, whose names are those that the user wrote: `2` is one. The first alias on the way, if there is one. */
function nodeAt(document: Document, path: Path): unknown {
  return path.reduce<unknown>((node, name) => {
    if (isSeq(node)) return node.items[Number(name)];
    if (!isMap(node)) return isAlias(node) ? node : undefined;
    return node.items.find(({ key }) => isScalar(key) && (key.source ?? String(key.value)) === name)?.value;
  }, document.contents);
}

function inTheWay(file: string, path: Path, node: unknown): Problem {
  const at = { file, path: showPath(path) };
  if (isAlias(node))
    return { ...at, message: 'is a YAML alias, which cannot be edited', fix: 'write out the values' };
  return { ...at, message: 'is not a text', fix: 'write it as plain text' };
}

function written({ type }: Scalar, by: string): string {
  if (type === Scalar.QUOTE_DOUBLE) return JSON.stringify(by);
  if (type === Scalar.QUOTE_SINGLE) return `'${by.replaceAll("'", "''")}'`;
  return stringify([by], { lineWidth: 0, collectionStyle: 'flow' }).trim().slice(1, -1).trim();
}
