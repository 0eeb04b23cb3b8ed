import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import type { Problem } from '../core/errors.js';
import { type Path, pointer, showPath } from './path.js';

/** JSON data; its objects have no prototype. */
export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

export interface Position {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface Spot {
  readonly key?: Position;
  readonly value: Position;
  /** The scalar as the user wrote it, without quotes. */
  readonly source?: string;
}

export interface PlainDocument {
  readonly value: Plain;
  /** By JSON pointer. */
  readonly spots: ReadonlyMap<string, Spot>;
  readonly problems: readonly Problem[];
}

const MOST_ALIASES = 50;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Turns a parsed tree into plain data, recording positions; refuses keys and aliases that could do harm. */
export function toPlain(file: string, tree: Document, lines: LineCounter): PlainDocument {
  const walk = new Walk(file, lines);
  const value = walk.value(tree.contents, [], 0);
  return { value, spots: walk.spots, problems: walk.problems };
}

class Walk {
  readonly spots = new Map<string, Spot>();
  readonly problems: Problem[] = [];
  private readonly anchors = new Map<string, Node>();
  private readonly open = new Set<string>();
  private aliases = 0;

  constructor(
    private readonly file: string,
    private readonly lines: LineCounter,
  ) {}

  value(node: unknown, path: Path, at: number, key?: Position): Plain {
    const start = offset(node) ?? at;
    const source = isScalar(node) ? node.source : undefined;
    this.spots.set(pointer(path), {
      value: this.place(start),
      ...(key && { key }),
      ...(source !== undefined && { source }),
    });
    if (isAlias(node)) return this.alias(node.source, path, start, key);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
    const { anchor } = node;
    if (anchor === undefined) return this.content(node, path, start);
    this.anchors.set(anchor, node);
    this.open.add(anchor);
    const value = this.content(node, path, start);
    this.open.delete(anchor);
    return value;
  }

  private content(node: Node, path: Path, start: number): Plain {
    if (isScalar(node)) return node.value as Plain;
    if (isSeq(node)) return node.items.map((item, index) => this.value(item, [...path, index], start));
    if (isMap(node)) return this.mapping(node.items, path);
    return null;
  }

  private mapping(items: readonly { key: unknown; value: unknown }[], path: Path): Plain {
    const object: { [key: string]: Plain } = Object.create(null);
    const seen = new Map<string, Position>();
    for (const { key, value } of items) {
      const at = offset(key) ?? offset(value) ?? 0;
      const place = this.place(at);
      const name = isScalar(key) ? (key.source ?? String(key.value)) : undefined;
      if (name === undefined || (isScalar(key) && key.value === null)) {
        this.report(
          place,
          path,
          'key must be plain text',
          'write "key: value", or quote a text that begins with a bracket',
        );
        continue;
      }
      const inner = [...path, name];
      const first = seen.get(name);
      if (first) {
        this.report(place, inner, `duplicate key (first on line ${first.line})`, 'keep one of them');
        continue;
      }
      seen.set(name, place);
      if (FORBIDDEN.has(name)) {
        this.report(place, inner, 'reserved name', 'choose another name');
      } else if (name === '<<') {
        this.report(place, inner, 'merge keys are not supported', 'write out the keys, or use `defaults`');
      } else {
        object[name] = this.value(value, inner, at, place);
      }
    }
    return object;
  }

  private alias(name: string, path: Path, start: number, key?: Position): Plain {
    this.aliases += 1;
    const place = this.place(start);
    const target = this.anchors.get(name);
    if (this.aliases > MOST_ALIASES) {
      if (this.aliases === MOST_ALIASES + 1) {
        this.report(place, path, `uses more than ${MOST_ALIASES} aliases`, 'write out the values');
      }
    } else if (!target) {
      this.report(place, path, `no anchor &${name} above this alias`, 'write out the value');
    } else if (this.open.has(name)) {
      this.report(place, path, `alias *${name} is inside its own anchor`, 'write out the value');
    } else {
      return this.value(target, path, start, key);
    }
    return null;
  }

  private place(at: number): Position {
    const { line, col } = this.lines.linePos(at);
    return { line, column: col };
  }

  private report(place: Position, path: Path, message: string, fix: string): void {
    this.problems.push({ file: this.file, ...place, path: showPath(path), message, fix });
  }
}

function offset(node: unknown): number | undefined {
  if (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) return node.range?.[0];
  return undefined;
}
