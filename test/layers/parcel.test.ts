import { keyOf, type Program, pinOf } from '../../src/layers/parcel.js';

const PROGRAM: Program = {
  name: 'tool',
  version: '1',
  architecture: 'amd64',
  build: { url: 'https://example.net/tool.tar.gz', sha256: 'a'.repeat(64), path: 'tool/bin' },
};

/** Whatever decides which bytes become the program; the URL doesn't, since the sum does. */
it.each<readonly [string, Partial<Program>, Partial<Program['build']>]>([
  ['name', { name: 'other' }, {}],
  ['version', { version: '2' }, {}],
  ['architecture', { architecture: 'arm64' }, {}],
  ['sha256', {}, { sha256: 'b'.repeat(64) }],
  ['path', {}, { path: 'tool/sbin' }],
])('is another program with another %s', (_key, changes, build) => {
  const changed = { ...PROGRAM, ...changes, build: { ...PROGRAM.build, ...build } };
  expect(keyOf(changed)).not.toBe(keyOf(PROGRAM));
});

it('is another program with another sum of its own, wherever it is in an archive', () => {
  const { sha256, ...build } = PROGRAM.build;
  const keys = ['c', 'd'].map((sum) => keyOf({ ...PROGRAM, build: { ...build, program: sum.repeat(64) } }));
  expect(new Set(keys).size).toBe(2);
});

it('is recognised by one word, which the note on a node ends at a space', () => {
  expect(pinOf({ ...PROGRAM.build, path: 'a folder/a file' })).toMatch(/^\S+$/);
});
