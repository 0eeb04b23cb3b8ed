import type { ErrorObject } from 'ajv';
import type { Problem } from '../../core/errors.js';
import type { YamlDocument } from '../document.js';
import { didYouMean } from '../nearest.js';
import { type Path, show, showPath } from '../path.js';
import { flow, inItsPlace, misplacedKey, withoutUnit } from './corrections.js';
import type { SchemaPart } from './schema-part.js';

/** One of ajv's errors as a problem of the file, in the terms of the file. `isNeeded`: its value can't be left out. */
export function explain(document: YamlDocument, error: ErrorObject, path: Path, isNeeded: boolean): Problem {
  const schema = (error.parentSchema ?? {}) as SchemaPart;
  const fix = schema['x-message'];
  // What is written in place of a secret's reference may be the secret.
  const isSecret = schema['x-secret'] === true && error.data !== null;
  const got = isSecret ? 'another' : show(error.data);
  const params: Readonly<Record<string, unknown>> = error.params;
  if (error.propertyName !== undefined) return badName(document, path, error.propertyName, schema);
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const inner = [...path, key];
      const name = /^([\w-]+):\S+$/.exec(key)?.[1];
      if (name === undefined || !Object.hasOwn(schema.properties ?? {}, name)) {
        return document.problem(inner, 'unknown key', allowed(key, schema), 'key');
      }
      const problem = document.problem(
        inner,
        `lacks a space after "${name}:"`,
        `write "${name}: ..."`,
        'key',
      );
      // What follows the colon may be a secret.
      return { ...problem, path: showPath([...path, name]) };
    }
    case 'required':
      return missing(document, path, String(params['missingProperty']), schema);
    case 'type':
      if (isSecret) return document.problem(path, 'must say where the secret is kept, not what it is', fix);
      if (error.data === null) return empty(document, path, schema, orRemove(path, isNeeded));
      return wrongType(document, path, error.data, schema);
    case 'enum': {
      const values = (params['allowedValues'] as unknown[]).map(String);
      const guess = meantOf(error.data, values);
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
        isSecret ? 'is invalid' : `${got} is invalid`,
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
      return document.problem(path, 'is empty', fix ?? `write a value${orRemove(path, isNeeded)}`);
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

const NO = /^(no|off|n|false|never|none)$/i;
const YES = /^(yes|on|y|true|always)$/i;

/** Which of the values was meant: `no` is `off`, though `on` is spelt more like it. */
function meantOf(data: unknown, values: readonly string[]): string | undefined {
  if (typeof data === 'object') return undefined;
  const position = [NO, YES].find((one) => one.test(String(data)));
  const same = position && values.find((value) => position.test(value));
  return same === undefined ? didYouMean(String(data), values) : `did you mean "${same}"?`;
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

function badName(document: YamlDocument, path: Path, name: string, schema: SchemaPart): Problem {
  const better = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63);
  const isRight = schema.pattern !== undefined && new RegExp(schema.pattern).test(better);
  const suggestion = isRight ? ` (such as "${better}")` : '';
  return document.problem(
    [...path, name],
    'is not a valid name',
    `${schema['x-message'] ?? 'choose another'}${suggestion}`,
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

const orRemove = (path: Path, isNeeded: boolean): string =>
  isNeeded ? '' : ` or remove the ${typeof path.at(-1) === 'number' ? 'entry' : 'key'}`;

function empty(document: YamlDocument, path: Path, schema: SchemaPart, rest: string): Problem {
  const hint = hintOf(schema);
  const example = hint?.startsWith('such as ') ? `, ${hint}${rest === '' ? '' : ','}` : '';
  return document.problem(path, mustBe(schema, null), `write a value${example}${rest}`, 'key');
}

function mustBe(schema: SchemaPart, data: unknown): string {
  const wanted = typesOf(schema).map((type) => KINDS[type] ?? type);
  return `must be ${wanted.join(' or ')}; got ${kindOf(data)}`;
}

const typesOf = ({ type }: SchemaPart): string[] => (type === undefined ? [] : [type].flat());

function hintOf({ 'x-message': message, examples }: SchemaPart): string | undefined {
  const example = examples?.[0];
  return message ?? (example === undefined ? undefined : `such as ${flow(example)}`);
}

function wrongType(document: YamlDocument, path: Path, data: unknown, schema: SchemaPart): Problem {
  const types = typesOf(schema);
  const source = document.source(path);
  const plain = typeof data === 'number' || typeof data === 'boolean';
  const message = mustBe(schema, data);
  if (types.includes('string') && plain && source !== undefined) {
    const isMeant = schema.pattern === undefined || new RegExp(schema.pattern).test(source);
    const quoted = `quote it: "${source}"`;
    return document.problem(
      path,
      message,
      isMeant && schema.pattern !== undefined ? quoted : (schema['x-message'] ?? quoted),
    );
  }
  if (misplacedKey(path, data, schema)) {
    return document.problem(path, `"${path.at(-1)}" is a key of an entry, not an entry`, 'indent it', 'key');
  }
  if (typeof data === 'string' && types.some((t) => t === 'integer' || t === 'number')) {
    if (/^-?\d+$/.test(data)) return document.problem(path, message, `remove the quotes: ${data}`);
    const plain = withoutUnit(data);
    if (plain !== undefined) return document.problem(path, message, `write ${plain}`);
  }
  if (typeof data === 'string' && types.includes('boolean')) {
    const no = NO.test(data);
    if (no || YES.test(data)) return document.problem(path, message, `write ${!no}`);
  }
  return document.problem(path, message, inItsPlace(path, data, schema) ?? hintOf(schema));
}

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
