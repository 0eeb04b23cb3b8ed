import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { journalIn } from '../../../src/app/run/journal.js';
import type { StampedEvent } from '../../../src/runner/events/events.js';
import { folderWith } from '../../cli/helpers.js';

const started: StampedEvent = {
  type: 'run-started',
  run: '20260101-000000-abcdef',
  at: '2026-01-01T00:00:00.000Z',
  command: 'check',
  inventory: { file: '/i.yaml', name: 'home', digest: 'a' },
  playbook: { file: '/p.yaml', name: 'mesh', digest: 'b' },
  nodes: [],
  phases: [],
};

describe('the journal of a run', () => {
  it('is refused by its folder in words, and not as a bug', () => {
    const folder = folderWith({ runs: 'no folder' });
    expect(() => journalIn(folder).write(started)).toThrow(
      expect.objectContaining({
        code: 'E_USAGE',
        message: `the state folder ${folder} cannot be written`,
        details: expect.objectContaining({ fix: expect.stringContaining('--state-dir') }),
      }),
    );
    expect(() => journalIn(join(folder, 'runs')).write(started)).toThrow('cannot be created');
  });

  it('is opened by its first event', () => {
    const folder = folderWith({});
    const journal = journalIn(folder);
    expect(journal.path()).toBeUndefined();
    journal.write(started);
    journal.close();
    expect(existsSync(journal.path() ?? '')).toBe(true);
  });
});
