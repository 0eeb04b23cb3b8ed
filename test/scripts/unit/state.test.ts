import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const {
  outsideState,
  stateOf,
}: {
  readonly outsideState: (inputs: readonly string[]) => string[];
  readonly stateOf: (root: string) => string;
} = await import(pathToFileURL('scripts/unit/state.js').href);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bridgehead-test-'));
  for (const folder of ['src', 'test', 'scripts', 'bench']) {
    mkdirSync(join(root, folder));
    writeFileSync(join(root, folder, 'a.ts'), 'one');
  }
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json']) {
    writeFileSync(join(root, file), 'one');
  }
});
afterEach(() => rmSync(root, { recursive: true }));

it.each([
  'src/a.ts',
  'test/a.ts',
  'scripts/a.ts',
  'bench/a.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
])('changes with the content of %s, of the same length and time', (name) => {
  const file = join(root, name);
  const { atime, mtime } = statSync(file);
  const before = stateOf(root);
  writeFileSync(file, 'two');
  utimesSync(file, atime, mtime);
  expect(stateOf(root)).not.toBe(before);
});

it('is the same for the same content at another time', () => {
  const before = stateOf(root);
  utimesSync(join(root, 'src/a.ts'), 1, 1);
  expect(stateOf(root)).toBe(before);
});

it('knows what is bundled and that it would not change with', () => {
  const inputs = ['src/a.ts', 'bench/b.ts', 'test/c.ts?/r/test/d.test.ts', '../r/node_modules/x/index.js'];
  expect(outsideState(inputs)).toEqual([]);
  expect(outsideState([...inputs, 'playbooks/x.json', 'package.json'])).toEqual(['playbooks/x.json']);
});
