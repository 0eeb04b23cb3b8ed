import {
  Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  stringify,
  visit,
  type YAMLMap,
} from 'yaml';

/** What can be written into a document: a text, a number, yes or no, and lists and mappings of such. */
export type Entry = string | number | boolean | readonly Entry[] | { readonly [key: string]: Entry };

const DEFAULT_INDENT = 2;
/** Columns of an entry in braces that is added to others in braces. */
const LONGEST = 120;

/** A mapping on the path to an entry, with the pair that contains it. */
interface Level {
  readonly map: YAMLMap;
  readonly pair?: Pair | undefined;
}

/** The text with an entry added on its own lines, or replaced in place; undefined if that can't be done without touching other lines. */
export function spliceEntry(text: string, path: readonly string[], entry: Entry): string | undefined {
  const levels = levelsOf(text, path);
  const [last] = levels.slice(-1);
  const rest = path.slice(levels.length - 1);
  const [key, ...deeper] = rest;
  if (last === undefined || key === undefined) return undefined;
  const there = pairOf(last.map, key);
  if (there !== undefined && deeper.length === 0) return replaceScalar(text, there, entry);
  if (there !== undefined && !isEmpty(there.value)) return undefined;
  const value = deeper.reduceRight<Entry>((inner, name) => ({ [name]: inner }), entry);
  if (there !== undefined) return fillEmpty(text, there, value, levels);
  return last.map.flow === true
    ? addToFlow(text, last.map, key, value)
    : addLines(text, last.map, key, value);
}

/** The text with one more item at the end of a block list; undefined for any other. */
export function spliceItem(text: string, path: readonly string[], item: Entry): string | undefined {
  const levels = levelsOf(text, path);
  const parent = levels[path.length - 1];
  const list = parent && pairOf(parent.map, path.at(-1) ?? '')?.value;
  if (!isSeq(list) || list.flow === true) return undefined;
  const [first, last] = [list.items[0], list.items.at(-1)];
  const [start, end] = [nodeStart(first), nodeEnd(last)];
  if (start === undefined || end === undefined) return undefined;
  const dash = text.lastIndexOf('-', start);
  const column = dash - (text.lastIndexOf('\n', dash) + 1);
  const lines = block(text, [item], column).trimEnd();
  return text.slice(0, lineEnd(text, end)) + newline(text) + lines + text.slice(lineEnd(text, end));
}

/** The text without the lines of an entry of a block mapping; undefined for any other. */
export function spliceOut(text: string, path: readonly string[]): string | undefined {
  const levels = levelsOf(text, path);
  const parent = levels[path.length - 1];
  const pair = parent && pairOf(parent.map, path.at(-1) ?? '');
  if (!parent || !pair || parent.map.flow === true) return undefined;
  const [start, end] = linesOf(text, pair);
  if (text.slice(start, keyRange(pair)[0]).trim() !== '') return undefined;
  if (parent.map.items.length > 1) return text.slice(0, start) + text.slice(end);
  if (parent.pair === undefined) return undefined;
  const colon = text.indexOf(':', keyRange(parent.pair)[1]) + 1;
  return `${text.slice(0, colon)} {}${text.slice(colon, start)}${text.slice(end)}`;
}

/** The mappings on a path, the top one first. */
function levelsOf(text: string, path: readonly string[]): Level[] {
  const top = parseDocument(text).contents;
  if (!isMap(top)) return [];
  const levels: Level[] = [{ map: top }];
  let map: YAMLMap = top;
  for (const key of path) {
    const pair = pairOf(map, key);
    if (pair === undefined || !isMap(pair.value) || isEmpty(pair.value)) break;
    map = pair.value;
    levels.push({ map, pair });
  }
  return levels;
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key);
}

function isEmpty(value: unknown): boolean {
  return (
    value === null || (isScalar(value) && value.value === null) || (isMap(value) && value.items.length === 0)
  );
}

function replaceScalar(text: string, pair: Pair, entry: Entry): string | undefined {
  const { value } = pair;
  if (!isScalar(value) || !value.range || value.range[0] === value.range[1]) return undefined;
  return text.slice(0, value.range[0]) + inline(entry) + text.slice(value.range[1]);
}

/** Turns `clients:` and `clients: {}` into a mapping with a line for each entry. */
function fillEmpty(text: string, pair: Pair, value: Entry, levels: readonly Level[]): string | undefined {
  const parent = levels.at(-1);
  if (!parent || parent.map.flow === true) return undefined;
  const outer = levels.at(-2);
  const column = columnOf(text, parent.map);
  const step = outer ? column - columnOf(text, outer.map) : DEFAULT_INDENT;
  const colon = text.indexOf(':', keyRange(pair)[1]) + 1;
  const braces = isMap(pair.value) ? pair.value.range : undefined;
  const head = braces
    ? text.slice(0, braces[0]).trimEnd() + text.slice(braces[1], lineEnd(text, braces[1]))
    : text.slice(0, lineEnd(text, colon));
  const rest = text.slice(lineEnd(text, braces ? braces[1] : colon));
  return head + newline(text) + block(text, value, column + step).trimEnd() + rest;
}

function addToFlow(text: string, map: YAMLMap, key: string, value: Entry): string | undefined {
  const last = map.items.at(-1);
  if (last === undefined) return undefined;
  const at = contentEnd(last);
  return `${text.slice(0, at)}, ${inline({ [key]: value })
    .slice(1, -1)
    .trim()}${text.slice(at)}`;
}

function addLines(text: string, map: YAMLMap, key: string, value: Entry): string | undefined {
  const last = map.items.at(-1);
  if (last === undefined) return undefined;
  const at = lineEnd(text, contentEnd(last));
  const column = columnOf(text, map);
  const line = `${' '.repeat(column)}${inline({ [key]: value })
    .slice(1, -1)
    .trim()}`;
  const isLikeLast = isMap(last.value) && last.value.flow === true && typeof value === 'object';
  const lines = isLikeLast && line.length <= LONGEST ? line : block(text, { [key]: value }, column).trimEnd();
  return text.slice(0, at) + newline(text) + lines + text.slice(at);
}

/** Lines of block style, the mappings of a list in braces; indented, ended as the text ends its lines. */
function block(text: string, value: Entry, indent: number): string {
  const document = new Document(value);
  visit(document, {
    Seq: (_key, { items }) => {
      for (const item of items) if (isMap(item)) item.flow = true;
    },
  });
  const lines = document.toString({ lineWidth: 0, indent: DEFAULT_INDENT }).trimEnd().split('\n');
  return lines.map((line) => `${' '.repeat(indent)}${line}${newline(text)}`).join('');
}

function inline(value: Entry): string {
  return stringify(value, { lineWidth: 0, collectionStyle: 'flow' }).trim();
}

function newline(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function columnOf(text: string, map: YAMLMap): number {
  const first = map.items[0];
  const at = first ? keyRange(first)[0] : 0;
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

function keyRange(pair: Pair): readonly [number, number] {
  const range = isScalar(pair.key) ? pair.key.range : undefined;
  return range ? [range[0], range[1]] : [0, 0];
}

/** The end of a pair's content, before any comment or line break. */
function contentEnd(pair: Pair): number {
  const end = nodeEnd(pair.value);
  return end ?? keyRange(pair)[1] + 1;
}

function nodeStart(node: unknown): number | undefined {
  if (isMap(node) && node.flow !== true) return node.items[0] && keyRange(node.items[0])[0];
  return isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined;
}

function nodeEnd(node: unknown): number | undefined {
  if (isScalar(node)) return node.range && node.range[1] > node.range[0] ? node.range[1] : undefined;
  if ((isMap(node) || isSeq(node)) && node.flow === true) return node.range?.[1];
  const last = isMap(node) || isSeq(node) ? node.items.at(-1) : undefined;
  return isPair(last) ? contentEnd(last) : nodeEnd(last);
}

/** From the start of the key's line to the end of the last line of its value, including the line break. */
function linesOf(text: string, pair: Pair): [number, number] {
  const start = text.lastIndexOf('\n', keyRange(pair)[0]) + 1;
  const end = text.indexOf('\n', contentEnd(pair));
  return [start, end < 0 ? text.length : end + 1];
}

function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  const end = found < 0 ? text.length : found;
  return text[end - 1] === '\r' ? end - 1 : end;
}
