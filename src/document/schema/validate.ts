import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import type { Problem } from '../../core/errors.js';
import type { YamlDocument } from '../document.js';
import { fromPointer, type Path, pointer } from '../path.js';
import type { Plain } from '../plain.js';
import { ajvLibrary } from './ajv.js';
import { OWN_KEYWORDS } from './keywords.js';
import { acceptedAhead } from './precompiled.js';
import { relevant, withoutEchoes } from './relevant-errors.js';
import { explain } from './schema-words.js';

export interface Checked {
  readonly problems: readonly Problem[];
  /** Further ones, which only follow from those: a key is missing that is there, misspelt. */
  readonly echoes: readonly Problem[];
  /** A copy of the value without everything that the schema refuses (null in lists). */
  readonly sound: Plain;
}

/**
 * Problems of a document against a JSON Schema (draft-07), in the order of the file. `at` chooses a value inside the document,
 * which the schema then describes. A schema may say what is right in `x-message`, shown after a `pattern` or name that fails;
 * `x-main` is the key of a mapping that a text without a key is most likely meant for; what is written at an `x-secret` is in no
 * problem.
 */
export function validate(document: YamlDocument, schema: object, at: Path = []): readonly Problem[] {
  return check(document, schema, at).problems;
}

/** Like `validate`, and returns the valid part of the value, so that more can be checked in the same pass. */
export function check(document: YamlDocument, schema: object, at: Path = []): Checked {
  const sound = structuredCopy(valueAt(document.value, at));
  if (at.length === 0 && acceptedAhead(schema, sound)) return { problems: [], echoes: [], sound };
  const validator = compiled(schema);
  if (validator(sound)) return { problems: [], echoes: [], sound };
  const errors = relevant(validator.errors ?? []);
  const paths = new Map(errors.map((error) => [error, typed(sound, fromPointer(error.instancePath))]));
  const refused = errors.filter(takesValueOut).map(({ instancePath }) => fromPointer(instancePath));
  for (const path of refused) takeOut(sound, path);
  const needed = errors.some(isEmpty) ? neededKeys(validator, sound) : new Set();
  const worthwhile = new Set(withoutEchoes(errors));
  const problems: Problem[] = [];
  const echoes: Problem[] = [];
  for (const [error, path] of paths) {
    const problem = explain(document, error, [...at, ...path], needed.has(error.instancePath));
    (worthwhile.has(error) ? problems : echoes).push(problem);
  }
  const whole = refused.some((path) => path.length === 0);
  return { problems: inOrder(problems), echoes, sound: whole ? null : sound };
}

/** Whether a value that isn't from a document, such as the result of `JSON.parse`, matches the schema. */
export function accepts(value: unknown, schema: object): boolean {
  return acceptedAhead(schema, value) || compiled(schema)(value);
}

const validators = new WeakMap<object, ValidateFunction>();
let ajv: Ajv | undefined;

function compiled(schema: object): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  ajv ??= makeAjv();
  const made = ajv.compile(schema);
  validators.set(schema, made);
  return made;
}

/** Loads ajv only when something is validated: it takes longer to start than the rest of a command. */
function makeAjv(): Ajv {
  const { Ajv } = ajvLibrary();
  const made = new Ajv({
    allErrors: true,
    strict: true,
    verbose: true,
    allowUnionTypes: true,
    discriminator: true,
  });
  for (const own of OWN_KEYWORDS) made.addKeyword(own);
  return made;
}

const isEmpty = ({ data }: ErrorObject): boolean => data === null || data === '';

/** Pointers of the keys that a value must have and doesn't. */
function neededKeys(validator: ValidateFunction, value: Plain): Set<string> {
  if (validator(value)) return new Set();
  const missing = relevant(validator.errors ?? []).filter(({ keyword }) => keyword === 'required');
  return new Set(
    missing.map(({ instancePath, params }) => `${instancePath}${pointer([params['missingProperty']])}`),
  );
}

function takesValueOut(error: ErrorObject): boolean {
  // A bad name is a problem of the key: its value can still be checked.
  if (error.propertyName !== undefined) return false;
  return !['additionalProperties', 'required', 'propertyNames', 'minProperties'].includes(error.keyword);
}

function takeOut(value: Plain, path: readonly string[]): void {
  let parent: Plain | undefined = value;
  for (const part of path.slice(0, -1)) parent = child(parent, part);
  const last = path.at(-1);
  if (last === undefined || parent === null || typeof parent !== 'object') return;
  if (Array.isArray(parent)) parent[Number(last)] = null;
  else delete parent[last];
}

function child(value: Plain | undefined, part: string): Plain | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  return Array.isArray(value) ? value[Number(part)] : value[part];
}

function valueAt(value: Plain, path: Path): Plain {
  let found: Plain | undefined = value;
  for (const part of path) found = child(found, String(part));
  return found ?? null;
}

/** The path with numbers for indexes of lists. */
function typed(value: Plain, path: readonly string[]): Path {
  let at: Plain | undefined = value;
  return path.map((part) => {
    const index = Array.isArray(at) ? Number(part) : part;
    at = child(at, part);
    return index;
  });
}

function structuredCopy(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(structuredCopy);
  if (value === null || typeof value !== 'object') return value;
  const copy: { [key: string]: Plain } = Object.create(null);
  for (const [key, inner] of Object.entries(value)) copy[key] = structuredCopy(inner);
  return copy;
}

/** Problems by line and column, each once. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((p) => [`${p.line}:${p.column} ${p.path} ${p.message}`, p]));
  return [...unique.values()].sort(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}
