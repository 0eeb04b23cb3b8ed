import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StampedEvent } from '../../../src/runner/events/events.js';
import { deleteRuns, journals, newRunId, runIds } from '../../../src/runner/journal/journal.js';
import { openJournal } from '../../../src/runner/journal/open-journal.js';

const event = (run: string): StampedEvent => ({
  type: 'phase-started',
  phase: 'p',
  run,
  at: '2026-01-01T00:00:00Z',
});

const runAt = (second: number): string => newRunId(new Date(Date.UTC(2026, 0, 1, 0, 0, second)), 'a1b2c3');

describe('the journal', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is readable only by its owner under any umask, and reads back newest first', () => {
    const umask = process.umask(0);
    try {
      for (const run of ['20260101-000000-a', '20260101-000001-b']) {
        const journal = openJournal(folder, run);
        journal.write(event(run));
        journal.close();
        expect(statSync(journal.path).mode & 0o777).toBe(0o600);
      }
    } finally {
      process.umask(umask);
    }
    expect(statSync(join(folder, 'runs')).mode & 0o777).toBe(0o700);
    expect([...journals(folder)].map(([first]) => first?.run)).toEqual([
      '20260101-000001-b',
      '20260101-000000-a',
    ]);
  });

  it('reads what a killed run had written, without its torn last line', () => {
    const journal = openJournal(folder, runAt(0));
    journal.write(event(runAt(0)));
    appendFileSync(journal.path, '{"type":"phase-en');
    journal.close();
    expect([...journals(folder)]).toEqual([[event(runAt(0))]]);
  });

  it('reads for --resume what another version wrote', () => {
    const journal = openJournal(folder, runAt(0));
    journal.write(event(runAt(0)));
    appendFileSync(journal.path, '{"type":"tunnel-tested"}\n');
    journal.close();
    expect([...journals(folder)]).toEqual([[event(runAt(0)), { type: 'tunnel-tested' }]]);
  });

  it('keeps the last fifty runs', () => {
    for (let second = 0; second < 55; second++) openJournal(folder, runAt(second)).close();
    const kept = readdirSync(join(folder, 'runs')).sort();
    expect(kept).toHaveLength(50);
    expect([kept[0], kept.at(-1)]).toEqual([runAt(5), runAt(54)]);
  });

  it('keeps the journal of a run whose clock is behind', () => {
    for (let second = 1; second <= 50; second++) openJournal(folder, runAt(second)).close();
    const journal = openJournal(folder, runAt(0));
    journal.write(event(runAt(0)));
    journal.close();
    expect(readFileSync(journal.path, 'utf8')).toContain(runAt(0));
    expect(runIds(folder)).toHaveLength(50);
    expect(runIds(folder)).not.toContain(runAt(1));
  });

  it('leaves alone what is not a run', () => {
    const others = ['.DS_Store', 'notes', '20260101-000000-A.bak', 'lost+found'];
    for (const name of others) mkdirSync(join(folder, 'runs', name), { recursive: true });
    for (let second = 0; second < 55; second++) openJournal(folder, runAt(second)).close();
    expect(runIds(folder)).toHaveLength(50);
    expect(readdirSync(join(folder, 'runs'))).toEqual(expect.arrayContaining(others));
  });

  it('deletes the named runs and no others', () => {
    for (const second of [0, 1, 2]) openJournal(folder, runAt(second)).close();
    deleteRuns(folder, [runAt(1)]);
    expect(runIds(folder)).toEqual([runAt(0), runAt(2)]);
  });

  it('names runs so that they sort by time', () => {
    expect(newRunId(new Date('2026-11-21T10:15:00.123Z'), '3fa9c1')).toBe('20261121-101500-3fa9c1');
  });

  it.each([
    ['an earlier run', '20261121-101459-ffffff', '20261121-101500-3fa9c1'],
    ['a run of the same second', '20261121-101500-ffffff', '20261121-101501-3fa9c1'],
    ['a run of a clock that was ahead', '20261231-235959-ffffff', '20270101-000000-3fa9c1'],
    ['what is no time', '20261399-101459-ffffff', '20261121-101500-3fa9c1'],
    ['what is no run', 'notes', '20261121-101500-3fa9c1'],
  ])('names a run so that it sorts after %s', (_what, last, expected) => {
    mkdirSync(join(folder, 'runs/20260101-000000-000000'), { recursive: true });
    mkdirSync(join(folder, 'runs', last));
    expect(newRunId(new Date('2026-11-21T10:15:00.900Z'), '3fa9c1', folder)).toBe(expected);
  });

  it('names the first run of a state folder by the clock', () => {
    expect(newRunId(new Date('2026-11-21T10:15:00.123Z'), '3fa9c1', folder)).toBe('20261121-101500-3fa9c1');
  });
});
