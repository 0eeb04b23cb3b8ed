import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applySince } from '../../../src/app/rehearse/in-container.js';
import { journalFile, runIds } from '../../../src/runner/journal/journal.js';

const state = mkdtempSync(join(tmpdir(), 'bridgehead-rehearsals-'));
afterAll(() => rmSync(state, { recursive: true }));

/** Keeps a run, by the clock of who ran it. */
function keep(run: string, command: string): void {
  const file = journalFile(state, run);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `${JSON.stringify({ type: 'run-started', command, run, at: '2026-01-01T00:00:00Z' })}\n`,
  );
}
const found = (earlier: readonly string[]) => applySince(new Set(earlier), state)[0];

it('the apply of a rehearsal is the newest of the runs that were not there before, whatever the clocks say', () => {
  expect(found([])).toBeUndefined();
  keep('20261129-101500-aaaaaa', 'apply');
  const earlier = runIds(state);
  expect(found(earlier)).toBeUndefined();
  keep('20261129-100000-bbbbbb', 'apply');
  keep('20261129-100100-cccccc', 'apply');
  keep('20261129-100200-dddddd', 'check');
  expect(found(earlier)).toMatchObject({ run: '20261129-100100-cccccc' });
});
