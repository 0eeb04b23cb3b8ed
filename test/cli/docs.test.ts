import { readdirSync, readFileSync } from 'node:fs';
import { EXIT_TEXTS } from '../../src/cli/exit-texts.js';
import { ERROR_CODES, EXIT } from '../../src/core/errors.js';
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
  const documented = rows('errors.md', /^E_/);
  expect(documented.map(([code, , , exit]) => [code, Number(exit)])).toEqual(Object.entries(ERROR_CODES));
  for (const [, meaning = '', fix = ''] of documented) {
    expect(meaning).toMatch(/\.$/);
    expect(fix).toMatch(/\.$/);
  }
});

it('docs/exit-codes.md has every exit code in the words of the help', () => {
  const known = Object.entries(EXIT_TEXTS).map(([name, text]) => [
    String(EXIT[name as keyof typeof EXIT]),
    text,
  ]);
  expect(rows('exit-codes.md', /^\d+$/)).toEqual(known);
});

it('docs/commands.md has the options that the help of apply has', async () => {
  const { stdout } = await cli(['apply', '--help']);
  const options = (text: string) => [...text.matchAll(/--[a-z][a-z-]+/g)].map(([option]) => option);
  const known = new Set(options(stdout.slice(stdout.indexOf('Options:'), stdout.indexOf('Examples:'))));
  for (const own of ['--help', '--resume']) known.delete(own);
  const documented = rows('commands.md', /^`-/).flatMap(([cell = '']) => options(cell));
  expect(documented.sort()).toEqual([...known].sort());
});

/** Keys that a person could write below `ssh:` as far as the text knows, with where they stand. */
function namedSshKeys(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/(?<![\w/.~-])ssh\.([A-Za-z]\w*)(?![\w(/-])/g)].map(
    ([, key = '']) => `${file}: ${key}`,
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
  const pages = readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((page) => `docs/${page}`);
  const named = ['README.md', ...pages.filter((page) => page.endsWith('.md'))].flatMap(namedSshKeys);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((one) => !known.has(one.split(': ')[1] ?? ''))).toEqual([]);
});
