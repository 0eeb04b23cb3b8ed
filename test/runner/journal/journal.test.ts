import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StampedEvent } from '../../../src/runner/events/events.js';
import { journals, newRunId, openJournal } from '../../../src/runner/journal/journal.js';

const event = (run: string): StampedEvent => ({
  type: 'phase-started',
  phase: 'p',
  run,
  at: '2026-01-01T00:00:00Z',
});

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
    const journal = openJournal(folder, 'r');
    journal.write(event('r'));
    appendFileSync(journal.path, '{"type":"phase-en');
    journal.close();
    expect([...journals(folder)]).toEqual([[event('r')]]);
  });

  it('keeps the last fifty runs', () => {
    for (let index = 0; index < 55; index++)
      openJournal(folder, `r${String(index).padStart(2, '0')}`).close();
    const kept = readdirSync(join(folder, 'runs'));
    expect(kept.length).toBeLessThanOrEqual(51);
    expect(kept).toContain('r54');
    expect(kept).not.toContain('r00');
  });

  it('names runs so that they sort by time', () => {
    expect(newRunId(new Date('2026-11-21T10:15:00.123Z'), '3fa9c1')).toBe('20261121-101500-3fa9c1');
  });
});
