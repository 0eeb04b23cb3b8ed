import { BridgeheadError, InputError, type Problem } from '../../../core/errors.js';
import { loadDocument, validate, type YamlDocument } from '../../../document/index.js';
import { QUESTIONS, questionOf } from './questions.js';
import type { Answers, Key, Kind } from './types.js';

const SCHEMAS: Readonly<Record<Kind, object>> = {
  text: { type: 'string' },
  list: { type: 'array', items: { type: 'string' } },
  keys: { type: 'array', items: { type: 'string' } },
  choice: { type: 'string' },
  yes: { type: 'boolean' },
  pairs: { type: 'object', additionalProperties: { type: 'string' } },
  port: { type: 'integer', minimum: 1, maximum: 65535 },
};

/** The schema of an answers file: every question of the wizard by its key. */
export function answersSchema(): object {
  made ??= schema();
  return made;
}

let made: object | undefined;

function schema(): object {
  const properties = QUESTIONS.map(({ key, kind, help, words }) => [
    key,
    { ...SCHEMAS[kind], ...(words && { enum: words }), description: help },
  ]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://bridgehead.dev/schemas/answers.schema.json',
    title: 'Answers to `bridgehead provision`',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
  };
}

/** Answers that were given in advance, each with its position, so that a problem can name it. */
export interface Given {
  readonly answers: Answers;
  problem(key: Key, message: string): Problem;
}

/** Answers of a file, and of options, which win. Throws InputError with all problems of both. */
export function given(file: string | undefined, flags: Readonly<Partial<Record<Key, string>>>): Given {
  const document = file === undefined ? undefined : loadDocument(file);
  const problems = document === undefined ? [] : [...validate(document, answersSchema())];
  const parsed = Object.entries(flags).map(([name, text]) => {
    const key = name as Key;
    const value = parseTyped(questionOf(key).kind, text);
    if (value === undefined) problems.push(ofFlag(key, `"${text}" must be ${SHAPES[questionOf(key).kind]}`));
    return [key, value] as const;
  });
  if (problems.length > 0) throw new InputError(problems);
  const answers = { ...plain(document), ...Object.fromEntries(parsed) } as Answers;
  return {
    answers,
    problem: (key, message) =>
      document === undefined || key in flags ? ofFlag(key, message) : document.problem([key], message),
  };
}

const plain = (document: YamlDocument | undefined): object =>
  JSON.parse(JSON.stringify(document?.value ?? {})) as object;

const ofFlag = (key: Key, message: string): Problem => ({ file: flagOf(key), message });

/** `--host-keys` of `hostKeys`. */
export const flagOf = (key: Key): string =>
  `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const SHAPES: Readonly<Record<Kind, string>> = {
  text: 'text',
  list: 'a list, separated by commas',
  keys: 'a list, separated by commas',
  choice: 'a word',
  yes: 'yes or no',
  pairs: 'pairs, such as a=b,c=d',
  port: 'a number from 1 to 65535',
};

/** Parses an answer as typed; undefined if it isn't one of that kind. */
export function parseTyped(kind: Kind, text: string): unknown {
  const trimmed = text.trim();
  const words = trimmed.split(/[\s,]+/).filter((word) => word !== '');
  switch (kind) {
    case 'list':
    case 'keys':
      return words.length === 1 && words[0] === 'none' ? [] : words;
    case 'yes':
      return /^(y|yes|true)$/i.test(trimmed) ? true : /^(n|no|false)$/i.test(trimmed) ? false : undefined;
    case 'port':
      return /^\d{1,5}$/.test(trimmed) ? Number(trimmed) : undefined;
    case 'pairs': {
      const pairs = words.map((word) => /^([^=]+)=([^=]+)$/.exec(word)?.slice(1));
      return pairs.some((pair) => pair === undefined)
        ? undefined
        : Object.fromEntries(pairs as [string, string][]);
    }
    default:
      return trimmed;
  }
}

/** An answer as it would be typed. */
export function typed(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([left, right]) => `${left}=${right}`)
      .join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === undefined ? '' : String(value);
}

/** An answer is missing, and there is no terminal to ask on. */
export function unanswerable(key: Key, evidence: string | undefined, fix: string): BridgeheadError {
  return new BridgeheadError('E_USAGE', `${key} has no answer, and there is no terminal to ask on`, {
    evidence,
    fix,
  });
}
