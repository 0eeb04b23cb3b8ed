import type { ErrorObject } from 'ajv';
import { stringify } from 'yaml';
import type { Problem } from '../../core/errors.js';
import type { YamlDocument } from '../document.js';
import { didYouMean } from '../nearest.js';
import { type Path, show } from '../path.js';

interface SchemaPart {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly 'x-message'?: string;
  /** A mapping's key that a value without a key is most likely meant for. */
  readonly 'x-main'?: string;
}

/** One of ajv's errors as a problem of the file, in the terms of the file. */
export function explain(document: YamlDocument, error: ErrorObject, path: Path): Problem {
  const schema = (error.parentSchema ?? {}) as SchemaPart;
  const fix = schema['x-message'];
  const got = show(error.data);
  const params: Readonly<Record<string, unknown>> = error.params;
  if (error.propertyName !== undefined) return badName(document, path, error.propertyName, fix);
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const inner = [...path, key];
      return document.problem(inner, 'unknown key', allowed(key, schema), 'key');
    }
    case 'required':
      return missing(document, path, String(params['missingProperty']), schema);
    case 'type':
      return wrongType(document, path, error.data, schema);
    case 'enum': {
      const values = (params['allowedValues'] as unknown[]).map(String);
      const guess = typeof error.data === 'string' ? didYouMean(error.data, values) : undefined;
      const choice = `must be ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}; got ${got}`;
      return document.problem(path, choice, guess ?? fix);
    }
    case 'const':
      return document.problem(path, `must be ${show(params['allowedValue'])}; got ${got}`, fix);
    case 'minimum':
    case 'maximum':
      return document.problem(path, `${range(schema)}; got ${got}`, fix);
    case 'pattern':
    case 'format':
      return document.problem(
        path,
        `${got} is invalid`,
        fix ?? `it must match ${String(params[error.keyword])}`,
      );
    case 'minItems':
    case 'minProperties':
      if (params['limit'] === 1) return document.problem(path, 'is empty', fix, 'key');
      return document.problem(path, `has fewer than ${params['limit']} entries`, fix, 'key');
    case 'maxItems':
    case 'maxProperties':
      return document.problem(
        path,
        `has more than ${params['limit']} ${entries(params['limit'])}`,
        fix,
        'key',
      );
    case 'minLength':
      return document.problem(path, 'is empty', fix ?? 'write a value or remove the key');
    case 'maxLength':
      return document.problem(path, `is longer than ${params['limit']} characters`, fix);
    case 'uniqueItems':
      return document.problem(
        [...path, Math.max(Number(params['i']), Number(params['j']))],
        'duplicate entry',
        'keep one of them',
      );
    case 'anyOf':
    case 'oneOf':
      return document.problem(path, `${got} is not in any allowed form`, fix);
    default:
      return document.problem(path, error.message ?? 'is invalid', fix);
  }
}

function entries(limit: unknown): string {
  return limit === 1 ? 'entry' : 'entries';
}

function allowed(key: string, schema: SchemaPart): string {
  const keys = Object.keys(schema.properties ?? {});
  if (keys.length === 0) return 'no keys are allowed here';
  const guess = didYouMean(key, keys);
  return `${guess === undefined ? '' : `${guess} `}allowed: ${keys.join(', ')}`;
}

function badName(document: YamlDocument, path: Path, name: string, fix: string | undefined): Problem {
  const better = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63);
  const suggestion = better === '' ? '' : ` (such as "${better}")`;
  return document.problem(
    [...path, name],
    'is not a valid name',
    `${fix ?? 'choose another'}${suggestion}`,
    'key',
  );
}

function missing(document: YamlDocument, path: Path, key: string, schema: SchemaPart): Problem {
  const example = schema.properties?.[key]?.examples?.[0];
  const fix = example === undefined ? 'add it' : `add it, such as "${key}: ${flow(example)}"`;
  return document.problem([...path, key], 'is missing', fix, 'key');
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of "key: value" lines',
  null: 'empty',
};

function wrongType(document: YamlDocument, path: Path, data: unknown, schema: SchemaPart): Problem {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const wanted = types.map((type) => KINDS[type] ?? type).join(' or ');
  const source = document.source(path);
  const plain = typeof data === 'number' || typeof data === 'boolean';
  const message = `must be ${wanted}; got ${kindOf(data)}`;
  if (types.includes('string') && plain && source !== undefined) {
    const isMeant = schema.pattern === undefined || new RegExp(schema.pattern).test(source);
    const quoted = `quote it: "${source}"`;
    return document.problem(
      path,
      message,
      isMeant && schema.pattern !== undefined ? quoted : (schema['x-message'] ?? quoted),
    );
  }
  const example = schema.examples?.[0];
  const hint = schema['x-message'] ?? (example === undefined ? undefined : `such as ${flow(example)}`);
  if (data === null) {
    const value = hint?.startsWith('such as ') ? `a value, ${hint},` : 'a value';
    return document.problem(path, message, `write ${value} or remove the key`, 'key');
  }
  if (
    typeof data === 'string' &&
    /^-?\d+$/.test(data) &&
    types.some((t) => t === 'integer' || t === 'number')
  ) {
    return document.problem(path, message, `remove the quotes: ${data}`);
  }
  if (typeof data === 'string' && types.includes('boolean')) {
    const no = /^(no|off|n|false)$/i.test(data);
    if (no || /^(yes|on|y|true)$/i.test(data)) return document.problem(path, message, `write ${!no}`);
  }
  return document.problem(path, message, inItsPlace(path, data, schema) ?? hint);
}

/** The correct form of a value that was given in place of a mapping or list. */
function inItsPlace(path: Path, data: unknown, schema: SchemaPart): string | undefined {
  const key = path.at(-1);
  const before = typeof key === 'number' || /^\d+$/.test(key ?? '') ? '' : `${key}: `;
  if (schema.type === 'array') return `write ${before}${flow([data])}`;
  const main = schema['x-main'];
  if (main === undefined || typeof data !== 'string') return undefined;
  const [, user, host, port] = /^([^@\s]+)@([^@\s:]+)(?::(\d+))?$/.exec(data) ?? [];
  const login = { user, host, ...(port !== undefined && { port: Number(port) }) };
  return `write ${before}${flow(main === 'user' && host !== undefined ? login : { [main]: data })}`;
}

/** As written in a file, on one line. */
const flow = (value: unknown): string => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();

function kindOf(data: unknown): string {
  if (data === null) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return 'a mapping';
  return `${typeof data === 'string' ? 'the text' : typeof data === 'number' ? 'the number' : 'the value'} ${show(data)}`;
}

function range({ minimum, maximum }: SchemaPart): string {
  if (minimum !== undefined && maximum !== undefined) return `must be between ${minimum} and ${maximum}`;
  return minimum === undefined ? `must be at most ${maximum}` : `must be at least ${minimum}`;
}
