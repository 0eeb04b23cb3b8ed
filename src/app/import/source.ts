import { readFileSync } from 'node:fs';
import { InputError } from '../../core/errors.js';
import { type Plain, parseData, readText, type YamlDocument } from '../../document/index.js';

export const FORMATS = ['wg-quick', 'ansible', 'ssh-config', 'terraform', 'hcloud'] as const;
export type Format = (typeof FORMATS)[number];

/** A file to import. */
export interface Source {
  /** Path as the user gave it. */
  readonly file: string;
  readonly text: string;
  /** The machine that it is from, if the user named it. */
  readonly owner?: string | undefined;
}

/** The text of a source; `-` is standard input, and `NAME=FILE` names the machine that it is from. Throws InputError. */
export function readSource(given: string): Source {
  if (given === '-') return { file: '<stdin>', text: readFileSync(0, 'utf8') };
  const [, owner, file = given] = /^([A-Za-z0-9][A-Za-z0-9-]*)=(.+)$/.exec(given) ?? [];
  return { file, text: readText(file), owner };
}

const documents = new WeakMap<Source, YamlDocument<Plain>>();

/** JSON and YAML as data, parsed once for all that read the source. Throws InputError. */
export function documentOf(source: Source): YamlDocument<Plain> {
  const document = documents.get(source) ?? parseData(source.file, source.text);
  documents.set(source, document);
  return document;
}

/** The same; undefined for anything else. */
export function dataOf(source: Source): YamlDocument<Plain> | undefined {
  try {
    return documentOf(source);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** The format of a source, from its content. Throws E_INPUT if it has no known format. */
export function detectFormat(source: Source): Format {
  const { file, text } = source;
  if (text.trim() === '') throw new InputError([{ file, message: 'is empty' }]);
  if (/^\s*\[(interface|peer)\]\s*(#.*)?$/im.test(text)) return 'wg-quick';
  if (/^\s*(host|match)[ \t=]+\S/im.test(text) && !/^\s*[[{-]/.test(text)) return 'ssh-config';
  // A file that must be data is refused for its syntax, with line and column.
  const isData = /\.(json|ya?ml)$/.test(file) || /^\s*\{/.test(text);
  const data = isData ? documentOf(source).value : dataOf(source)?.value;
  const known = data === undefined ? undefined : formatOfData(data);
  if (known !== undefined) return known;
  if (/^\s*\[[^\]\s,]+\]\s*([#;].*)?$/m.test(text) || /\bansible_\w+\s*=/.test(text)) return 'ansible';
  const fix = `name it with --format: ${FORMATS.join(', ')}`;
  throw new InputError([{ file, message: 'the format is not known', fix }]);
}

function formatOfData(value: Plain): Format | undefined {
  if (Array.isArray(value)) {
    return value.every((one) => has(one, 'public_net') && has(one, 'name')) ? 'hcloud' : undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  const entries = Object.values(value);
  const isOutput = (one: Plain) => has(one, 'value') && (has(one, 'type') || has(one, 'sensitive'));
  if (entries.length > 0 && entries.every(isOutput)) return 'terraform';
  const isGroup = (one: Plain) => one === null || ['hosts', 'children', 'vars'].some((key) => has(one, key));
  return has(value, '_meta') || has(value, 'all') || entries.every(isGroup) ? 'ansible' : undefined;
}

/** Whether a value is a mapping with a key. */
export function has(value: Plain, key: string): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && key in value;
}
