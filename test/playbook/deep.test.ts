import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../../src/app/load.js';
import type { Io } from '../../src/app/terminal/io.js';
import { textOf } from '../../src/document/index.js';
import { loadPlaybook, withoutDeep } from '../../src/playbook/index.js';
import { playbookDigest } from '../../src/runner/plan/digest.js';

const PHASES = `name: p
phases:
  - { name: one, gates: [{ reachable: }] }
  - { name: long, deep: true, gates: [{ reachable: }] }
  - { name: two, gates: [{ reachable: }] }
  - { name: longer, deep: true, gates: [{ reachable: }] }
`;

const io = { cwd: process.cwd() } as Io;
let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-deep-'));
  file = join(folder, 'p.yaml');
  writeFileSync(file, PHASES);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('deep phases', () => {
  it.each([
    [{}, 'one two'],
    [{ deep: true }, 'one long two longer'],
    [{ phases: ['long'] }, 'one long two'],
  ])('with %j are those that are asked for', async (wanted, names) => {
    const playbook = withoutDeep(await loadPlaybook(file), wanted);
    expect(playbook.phases.map(({ name }) => name).join(' ')).toBe(names);
    expect(textOf(playbook)).toBe(PHASES);
    expect(playbookDigest(playbook)).toBe(playbookDigest(await loadPlaybook(file)));
  });

  it.each([
    [{}, 'one two'],
    [{ deep: true }, 'one long two longer'],
    [{ phase: ['longer'] }, 'one two longer'],
    [{ from: 'long' }, 'one long two'],
  ])('are left out by the options %j', async (options, names) => {
    const loaded = await load({ inventory: 'inventory/two-sites.yaml', playbook: file, ...options }, io);
    expect(loaded.playbook.phases.map(({ name }) => name).join(' ')).toBe(names);
  });
});
