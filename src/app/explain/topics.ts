import { readdirSync, readFileSync } from 'node:fs';
import { BridgeheadError, ERROR_CODES, type ErrorCode, EXIT } from '../../core/errors.js';
import { PACKAGE_ROOT } from '../../core/package-root.js';
import { nearest } from '../../document/nearest.js';

/** What `explain` explains: an error code or a gate, by its page in docs/; a word of the glossary; an exit code. */
export type Topic =
  | { readonly kind: 'error'; readonly name: ErrorCode; readonly page: string }
  | { readonly kind: 'gate'; readonly name: string; readonly page: string }
  | { readonly kind: 'word'; readonly name: string; readonly page: string }
  | { readonly kind: 'exit'; readonly name: string; readonly exit: keyof typeof EXIT };

const DOCS = new URL('docs/', PACKAGE_ROOT);

const pageOf = (folder: string, name: string): string =>
  readFileSync(new URL(`${folder}/${name}.md`, DOCS), 'utf8');

/** Every error code, in the order of their table. */
export const errorCodes = (): ErrorCode[] => Object.keys(ERROR_CODES) as ErrorCode[];

/** Every gate that has a page, in alphabetical order. */
export const gateNames = (): string[] =>
  readdirSync(new URL('gates/', DOCS))
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length))
    .sort();

/** The words of the glossary, each with its page. */
export function glossary(): ReadonlyMap<string, string> {
  const [, ...entries] = readFileSync(new URL('glossary.md', DOCS), 'utf8').split(/\n### /);
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('\n')), `# ${entry}`]));
}

/** The names of all topics, as they are typed. */
export const topicNames = (): string[] => [
  ...errorCodes(),
  ...gateNames(),
  ...Object.values(EXIT).map((code) => String(code)),
  ...glossary().keys(),
];

/**
 * The topic of a name as typed: `E_LOCKED`, `locked`, `handshake`, `5`, `masquerade`. Throws E_USAGE with the nearest name for any other.
 */
export function findTopic(typed: string): Topic {
  const word = typed.trim();
  const isCalled = (name: string): boolean => name.toLowerCase() === word.toLowerCase();
  const gate = gateNames().find(isCalled);
  if (gate !== undefined) return { kind: 'gate', name: gate, page: pageOf('gates', gate) };
  const entry = [...glossary()].find(([name]) => isCalled(name));
  if (entry !== undefined) return { kind: 'word', name: entry[0], page: entry[1] };
  const exit = (Object.keys(EXIT) as (keyof typeof EXIT)[]).find((one) => isCalled(String(EXIT[one])));
  if (exit !== undefined) return { kind: 'exit', name: word, exit };
  const code = errorCodes().find((one) => isCalled(one) || isCalled(one.slice('E_'.length)));
  if (code !== undefined) return { kind: 'error', name: code, page: pageOf('errors', code) };
  const near = nearest(word, topicNames()) ?? nearest(`E_${word}`, errorCodes());
  throw new BridgeheadError(
    'E_USAGE',
    `no error code, gate, exit code or word of the glossary ${JSON.stringify(word)}`,
    {
      fix: `${near === undefined ? '' : `did you mean \`bridgehead explain ${near}\`? `}\`bridgehead explain\` lists them all`,
    },
  );
}

/** The first paragraph of a page, on one line. */
export function meaningOf(page: string): string {
  return (page.split(/\n\n+/)[1] ?? '').replaceAll('\n', ' ');
}

/** All error codes and gates with the meaning of each. */
export function meanings(): Record<'errors' | 'gates', [name: string, meaning: string][]> {
  const read = (folder: string, names: readonly string[]) =>
    names.map((name): [string, string] => [name, meaningOf(pageOf(folder, name))]);
  return { errors: read('errors', errorCodes()), gates: read('gates', gateNames()) };
}
