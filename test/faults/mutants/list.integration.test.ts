import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith } from '../../cli/helpers.js';
import { CASES } from '../cases/index.js';
import { MUTANTS } from './list.js';
import { buildMutant } from './mutant.js';

describe('the mutants of the guard', () => {
  it('are at least ten, each with a name of its own', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(10);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s: still to be made, and to be caught by cases that there are',
    (_name, { edits, cases }) => {
      for (const { file, text } of edits) {
        expect({ file, times: readFileSync(file, 'utf8').split(text).length - 1 }).toEqual({
          file,
          times: 1,
        });
      }
      const names = CASES.map(({ name }) => name);
      expect(cases.filter((name) => !names.includes(name))).toEqual([]);
      expect(cases).not.toEqual([]);
    },
  );

  it('are built of a copy', async () => {
    const folder = folderWith({});
    await buildMutant({ name: 'none', edits: [], cases: [] }, folder);
    expect(existsSync(join(folder, 'dist/cli/bridgehead.cjs'))).toBe(true);
  }, 120_000);
});
