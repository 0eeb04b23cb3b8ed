import { readdirSync, readFileSync } from 'node:fs';
import { meaningOf } from '../../src/app/explain/topics.js';
import { ERROR_CODES, EXIT } from '../../src/core/errors.js';
import { GATE_KINDS } from '../../src/layers/index.js';
import { EXIT_TEXTS } from '../../src/render/help/exit-texts.js';
import { PAGES } from '../docs/pages.js';
import { literalsOf } from '../support/literals.js';
import { cli } from './helpers.js';

/** Cells of every table row of a page whose first cell matches. */
function rows(page: string, first: RegExp): string[][] {
  return readFileSync(`docs/${page}`, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    )
    .filter(([cell = '']) => first.test(cell));
}

it('docs/errors.md has every code, in order, with meaning, fix and exit code', () => {
  const documented = rows('errors.md', /^\[E_/);
  const known = Object.entries(ERROR_CODES).map(([code, exit]) => [
    `[${code}](errors/${code}.md)`,
    meaningOf(readFileSync(`docs/errors/${code}.md`, 'utf8')),
    String(exit),
  ]);
  expect(documented).toEqual(known);
});

it.each([
  ['errors', Object.keys(ERROR_CODES)],
  ['gates', [...GATE_KINDS.keys()]],
])('docs/%s has a page for each, and no other', (folder, names) => {
  const files = readdirSync(`docs/${folder}`);
  expect(files.sort()).toEqual(names.map((name) => `${name}.md`).sort());
  for (const file of files) {
    const page = readFileSync(`docs/${folder}/${file}`, 'utf8');
    expect(page.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      `# ${file.slice(0, -'.md'.length)}`,
      '## How it looks',
      '## Why',
      '## What to do',
    ]);
    expect(meaningOf(page)).toMatch(/\.$/);
  }
});

it('docs/gates.md links the page of each gate', () => {
  const linked = rows('gates.md', /^\[`/).map(([cell]) => cell);
  expect(linked.sort()).toEqual(
    [...GATE_KINDS.keys()].map((name) => `[\`${name}\`](gates/${name}.md)`).sort(),
  );
});

type Message = readonly string[];

/** The texts of a source that a message may be, each as its parts between what is put in. */
const messagesIn = (source: string): Message[] =>
  literalsOf(source)
    .map(({ parts }) => parts)
    .filter((parts) => parts.join('').length >= 8);

/** Whether a text is a message with anything put in. A regular expression would try every place for each of many parts. */
function isMessage([first = '', ...rest]: Message, text: string): boolean {
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at + last.length <= text.length;
}

/** What a page shows of messages: the line below FAILED, and the text after `error:`, `fix:`, `expected` and `seen`. */
function quotesOf(page: string): string[] {
  const found = page.matchAll(
    /^ {4}(?:FAILED .*\n {6}(?!fix:)| *(?:error:|fix:|expected|seen) +)(?<text>.+)$/gm,
  );
  return [...found].map(({ groups }) => groups?.['text'] ?? '').filter((text) => text.split(' ').length > 3);
}

it('docs/errors and docs/gates quote messages that there are', () => {
  const known = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => messagesIn(readFileSync(`src/${file}`, 'utf8')));
  const isKnown = (text: string): boolean =>
    [text, ...text.split(': ', 2)].some((part) => known.some((message) => isMessage(message, part)));
  for (const folder of ['errors', 'gates']) {
    const quotes = readdirSync(`docs/${folder}`).flatMap((file) =>
      quotesOf(readFileSync(`docs/${folder}/${file}`, 'utf8')).map((text) => ({ file, text })),
    );
    expect(quotes.length).toBeGreaterThan(20);
    expect(quotes.filter(({ text }) => !isKnown(text))).toEqual([]);
  }
});

it('docs/exit-codes.md has every exit code in the words of the help', () => {
  const known = Object.entries(EXIT_TEXTS).map(([name, text]) => [
    String(EXIT[name as keyof typeof EXIT]),
    text,
  ]);
  expect(rows('exit-codes.md', /^\d+$/)).toEqual(known);
});

it('docs/commands.md begins with every command, in the words of the help', async () => {
  const listed = (text: string, line: RegExp) =>
    [...text.matchAll(line)].map(([, name, summary]) => `${name}: ${summary}`).sort();
  const { stdout } = await cli(['--help']);
  const unwrapped = stdout.slice(stdout.indexOf('Start:')).replaceAll(/\n {10,}/g, ' ');
  const known = listed(unwrapped, /^ {2}([a-z]+)(?: \[options\])?(?: [[<]\S+[\]>])* {2,}(\S.*)$/gm);
  const [list = ''] = readFileSync('docs/commands.md', 'utf8').split('`bridgehead COMMAND --help`');
  expect(listed(list, /^ {4}bridgehead (\w+) +(.+)$/gm)).toEqual(
    known.filter((one) => !one.startsWith('help:')),
  );
});

it('docs/commands.md has the options that the help of apply has', async () => {
  const { stdout } = await cli(['apply', '--help']);
  const options = (text: string) => [...text.matchAll(/--[a-z][a-z-]+/g)].map(([option]) => option);
  const known = new Set(options(stdout.slice(stdout.indexOf('Options:'), stdout.indexOf('Examples:'))));
  for (const own of ['--help', '--resume']) known.delete(own);
  const documented = rows('commands.md', /^`-/).flatMap(([cell = '']) => options(cell));
  expect(documented.sort()).toEqual([...known].sort());
});

/** Keys that a person could write below `ssh:`: all that follows `ssh.`, but for names of pages. */
function namedSshKeys(page: string): string[] {
  const text = readFileSync(page, 'utf8').replaceAll(/[\w./-]+\.md\b/g, '');
  return [...text.matchAll(/(?<![\w/.~-])ssh\.([A-Za-z]\w*)(?![\w(/-])/g)].map(
    ([, key = '']) => `${page}: ${key}`,
  );
}

it('pages name keys of ssh that there are', () => {
  const schema = JSON.parse(readFileSync('schemas/inventory.schema.json', 'utf8'));
  const known = new Set([
    ...Object.keys(schema.definitions.node.properties.ssh.properties),
    // Units of systemd.
    'service',
    'socket',
  ]);
  const named = PAGES.flatMap(namedSshKeys);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((one) => !known.has(one.split(': ')[1] ?? ''))).toEqual([]);
});
