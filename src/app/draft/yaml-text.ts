import { Document, type Node, Pair, Scalar, stringify, YAMLMap, YAMLSeq } from 'yaml';

type Plain = string | number | boolean;

/** What a YAML document says, without its layout. */
export type PlainData = Plain | readonly PlainData[] | { readonly [key: string]: PlainData };

/** A mapping in YAML. Entries without a value are left out, and so is a mapping without entries. */
export interface Mapping {
  readonly entries: readonly Entry[];
  /** Whether it is written on one line if that is short enough. */
  readonly flow: boolean;
  /** Lines above it in a list, without `#`. */
  readonly comment?: string | undefined;
}

export type Value = Plain | Mapping | readonly (Plain | Mapping)[];

export interface Entry {
  readonly key: string;
  readonly value: Value | undefined;
  /** Lines above it, without `#`. */
  readonly comment?: string | undefined;
}

/** A mapping with a line for each entry. */
export const block = (entries: readonly Entry[]): Mapping => ({ entries, flow: false });

/** A mapping on one line, `{ port: 51820, node: wk-1 }`, if it is short. */
export const flow = (entries: readonly Entry[]): Mapping => ({ entries, flow: true });

/** A value as plain data. */
export function plainOf(value: Value): PlainData {
  if (Array.isArray(value)) return value.map((one) => plainOf(one));
  if (typeof value !== 'object') return value;
  const written = (value as Mapping).entries.filter((entry) => !isEmpty(entry.value));
  return Object.fromEntries(written.map((entry) => [entry.key, plainOf(entry.value as Value)]));
}

/** One text as it is, several as a list, none as nothing. */
export function oneOrMore(values: readonly string[] | undefined): Value | undefined {
  return values === undefined || values.length < 2 ? values?.[0] : values;
}

/** The value, or nothing if it is the default. */
export const unless = <T>(usual: T | undefined, value: T | undefined): T | undefined =>
  value === usual ? undefined : value;

/** Maximum columns of a mapping on one line. */
const WIDTH = 100;
const INDENT = 2;

/** The text of a YAML document, with an empty line between its top-level entries. */
export function yamlText(entries: readonly Entry[]): string {
  const top = toMap(block(entries), 0);
  for (const { key } of top.items.slice(1)) key.spaceBefore = true;
  return new Document(top).toString({ lineWidth: 0, indent: INDENT });
}

function toNode(value: Value, column: number): Node {
  if (Array.isArray(value)) return toList(value, column);
  return typeof value === 'object' ? toMap(value as Mapping, column) : new Scalar(value);
}

function toList(items: readonly (Plain | Mapping)[], column: number): YAMLSeq {
  const list = new YAMLSeq<Node>();
  list.items = items.map((item) => toNode(item, column + INDENT));
  list.flow = items.every((item) => typeof item !== 'object');
  return list;
}

function toMap({ entries, flow, comment }: Mapping, column: number): YAMLMap<Scalar, Node> {
  const map = new YAMLMap<Scalar, Node>();
  const written = entries.filter((entry) => !isEmpty(entry.value));
  map.items = written.map((entry) => toPair(entry, column));
  if (comment !== undefined) map.commentBefore = commentText(comment);
  map.flow = flow && written.every((entry) => entry.comment === undefined) && column + inline(map) <= WIDTH;
  return map;
}

function toPair({ key, value, comment }: Entry, column: number): Pair<Scalar, Node> {
  const inside = typeof value === 'object' && !Array.isArray(value) && !(value as Mapping).flow;
  const at = inside ? column + INDENT : column + key.length + 2;
  const name = new Scalar(key);
  if (comment !== undefined) name.commentBefore = commentText(comment);
  return new Pair(name, toNode(value as Value, at));
}

/** Columns of a mapping on one line. */
function inline(map: YAMLMap): number {
  return stringify(map, { lineWidth: 0, collectionStyle: 'flow' }).trim().length;
}

function isEmpty(value: Value | undefined): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  return (value as Mapping).entries.every((entry) => isEmpty(entry.value));
}

const commentText = (comment: string): string =>
  comment
    .split('\n')
    .map((line) => ` ${line}`.trimEnd())
    .join('\n');
