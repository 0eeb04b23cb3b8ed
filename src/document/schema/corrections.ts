import { stringify } from 'yaml';
import type { Path } from '../path.js';
import type { SchemaPart } from './schema-part.js';

/** As written in a file, on one line. */
export const flow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();

/** The correct form of a value that was given in place of a mapping or list. */
export function inItsPlace(path: Path, data: unknown, schema: SchemaPart): string | undefined {
  const key = path.at(-1);
  const before = typeof key === 'number' || /^\d+$/.test(key ?? '') ? '' : `${key}: `;
  if (schema.type === 'array') {
    const isText = typeof data !== 'object' && schema.items?.$ref === undefined;
    return isText || schema['x-message'] === undefined ? `write ${before}${flow([data])}` : undefined;
  }
  const isNamed = schema.type === 'object' && schema.properties === undefined;
  if (Array.isArray(data) && isNamed && schema['x-message']?.includes('such as ') !== true) {
    return `write "${nameIn(data[0])}: ..." for each entry, without a dash`;
  }
  const main = schema['x-main'];
  if (main === undefined || typeof data !== 'string') return undefined;
  const parts = partsOf(data, main, schema);
  return `write ${before}${flow({ ...parts, ...examplesBeside(parts, schema) })}`;
}

/** How an entry of a list would be called as one of a mapping. */
function nameIn(entry: unknown): string {
  if (typeof entry === 'string' && /^[\w-]+$/.test(entry)) return entry;
  const name = entry !== null && typeof entry === 'object' ? Reflect.get(entry, 'name') : undefined;
  return typeof name === 'string' ? name : 'NAME';
}

/** Examples of what a mapping needs besides these parts. */
function examplesBeside(
  parts: object,
  { required = [], properties = {} }: SchemaPart,
): Record<string, unknown> {
  const others = required.filter(
    (key) => !Object.hasOwn(parts, key) && properties[key]?.examples !== undefined,
  );
  return Object.fromEntries(others.map((key) => [key, properties[key]?.examples?.[0]]));
}

const LOGIN = /^([^@\s]+)@([^@\s:]+)(?::(\d+))?$/;
const PLACE = /^(?:https?:\/\/)?([^@\s:/]+):(\d{1,5})\/?$/;

/** `user@host:port` and `node:port` in the keys that they belong to; any other text is the main key's. */
function partsOf(text: string, main: string, { properties = {} }: SchemaPart): Record<string, unknown> {
  const [, user, host, port] = (main === 'user' ? LOGIN.exec(text) : null) ?? [];
  if (host !== undefined) return { user, host, ...(port !== undefined && { port: Number(port) }) };
  const [, place, at] =
    (main === 'node' && Object.hasOwn(properties, 'port') ? PLACE.exec(text) : null) ?? [];
  return place === undefined ? { [main]: text } : { [main]: place, port: Number(at) };
}

/** Whether what is in place of an entry has the name of an entry's key: it was not indented. */
export function misplacedKey(path: Path, data: unknown, { properties = {} }: SchemaPart): boolean {
  const isEntry = data !== null && typeof data === 'object' && !Array.isArray(data);
  return !isEntry && data !== null && Object.hasOwn(properties, String(path.at(-1)));
}

/** `25` of `25s`. */
export const withoutUnit = (text: string): string | undefined => /^(\d+) ?(?:s|sec|seconds)$/.exec(text)?.[1];
