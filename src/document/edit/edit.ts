import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { InputError } from '../../core/errors.js';
import { type Path, showPath } from '../path.js';
import { type Entry, spliceEntry, spliceItem, spliceOut } from './splice.js';

/**
 * The text of a YAML document with one entry set; missing mappings above it are created. Everything else stays as the user
 * wrote it, byte for byte, if the entry can be added on its own lines; otherwise the document is written again, with its
 * comments and order. `file` is only its name in problems. Throws InputError if an alias is in the way.
 */
export function setEntry(file: string, text: string, path: readonly string[], entry: Entry): string {
  const wanted = parseDocument(text);
  refuseAliases(file, wanted, path);
  dropEmpty(wanted, path);
  wanted.setIn(path, wanted.createNode(entry));
  return checked(spliceEntry(text, path, entry), wanted);
}

/** The same with one more item at the end of a list, which is made if it is missing. */
export function addItem(file: string, text: string, path: readonly string[], item: Entry): string {
  const wanted = parseDocument(text);
  refuseAliases(file, wanted, path);
  if (!isSeq(wanted.getIn(path, true))) return setEntry(file, text, path, [item]);
  wanted.addIn(path, wanted.createNode(item));
  return checked(spliceItem(text, path, item), wanted);
}

/** The text of a YAML document without one entry, by the same rules; a mapping without entries becomes `{}`. Comments stay. */
export function removeEntry(file: string, text: string, path: readonly string[]): string {
  const wanted = parseDocument(text);
  refuseAliases(file, wanted, path);
  if (!wanted.hasIn(path)) return text;
  wanted.deleteIn(path);
  return checked(spliceOut(text, path), wanted);
}

/** The edit that keeps other lines, if it means what is wanted; else the document written again. */
export function checked(edited: string | undefined, wanted: Document): string {
  if (edited !== undefined && meaning(parseDocument(edited)) === meaning(wanted)) return edited;
  return wanted.toString({ lineWidth: 0 });
}

function meaning(document: Document): string | undefined {
  return document.errors.length > 0 ? undefined : JSON.stringify(document.toJS());
}

/** `clients:` without a value isn't a mapping that an entry can be set in. */
function dropEmpty(document: Document, path: readonly string[]): void {
  for (let length = 1; length < path.length; length += 1) {
    const at = path.slice(0, length);
    const node = document.getIn(at, true);
    if (isScalar(node) && node.value === null) document.setIn(at, document.createNode({}));
  }
}

function refuseAliases(file: string, document: Document, path: Path): void {
  for (let length = 1; length <= path.length; length += 1) {
    const at = path.slice(0, length);
    const node = document.getIn(at, true);
    if (isAlias(node)) {
      const message = 'is a YAML alias, which cannot be edited';
      throw new InputError([{ file, path: showPath(at), message, fix: 'write out the values' }]);
    }
    if (!isMap(node)) return;
  }
}
