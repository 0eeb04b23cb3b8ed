import { appendFileSync, writeFileSync } from 'node:fs';
import type { Command } from '../../../src/runner/events/commands.js';
import type { RunEvent } from '../../../src/runner/events/events.js';
import { journalFile } from '../../../src/runner/journal/journal.js';
import { openJournal } from '../../../src/runner/journal/open-journal.js';
import { outdated } from '../../../src/runner/journal/outdated.js';
import { folderWith } from '../../cli/helpers.js';

interface Told {
  readonly go?: boolean;
  readonly inventory?: string;
  readonly phase?: string;
  readonly damaged?: boolean;
  /** It has changed a node, which its guard reverted or did not. */
  readonly changed?: 'kept' | 'reverted';
}

const idAt = (second: number): string => `20260101-0000${String(second).padStart(2, '0')}-aaaaaa`;

/** A state folder with a run a second. */
function journalsOf(...runs: readonly (readonly [Command, Told?])[]) {
  const folder = folderWith();
  const ids = runs.map((_run, index) => idAt(index));
  for (const [index, [command, told = {}]] of runs.entries()) {
    const { go = true, inventory = 'net', phase = 'one', damaged = false, changed } = told;
    const run = ids[index] ?? '';
    const events: RunEvent[] = [
      {
        type: 'run-started',
        command,
        inventory: { file: `/n/${inventory}.yaml`, name: inventory, digest: 'd' },
        nodes: ['a'],
        phases: [{ name: phase, steps: [], gates: [] }],
      },
      ...(changed === undefined
        ? []
        : [{ type: 'change-started', phase, step: 'file', node: 'a', summary: 's' } as const]),
      ...(changed === 'reverted'
        ? [{ type: 'guard-reverted', phase, node: 'a', by: 'run', reverted: [], failed: [] } as const]
        : []),
      { type: 'phase-ended', phase, outcome: go ? 'go' : 'stop', changes: 1 },
      { type: 'run-ended', exit: go ? 0 : 3, changes: 1, errors: [], ms: 1 },
    ];
    const journal = openJournal(folder, run, command !== 'plan' && command !== 'check');
    for (const event of events) journal.write({ ...event, run, at: '2026-01-01T00:00:00Z' });
    journal.close();
    if (damaged) appendFileSync(journal.path, 'not an event\n');
  }
  const numbers = (found: readonly string[]) => found.map((run) => ids.indexOf(run));
  const judged = (keep: number) => {
    const { runs: old, spared } = outdated(folder, keep);
    return { old: numbers(old), spared: numbers(spared) };
  };
  return { folder, ids, judged };
}

const STOP = { go: false };

describe('journals that need not be kept', () => {
  it('are counted apart for plans and checks', () => {
    const { judged } = journalsOf(['apply'], ['plan'], ['apply'], ['check'], ['plan'], ['unlock']);
    expect(judged(2)).toEqual({ old: [0, 1], spared: [] });
    expect(judged(3)).toEqual({ old: [], spared: [] });
  });

  it('never include what an inventory was last brought to', () => {
    const { judged } = journalsOf(
      ['apply', { inventory: 'other' }],
      ['apply'],
      ['client add'],
      ['apply', STOP],
      ['apply', STOP],
    );
    expect(judged(1)).toEqual({ old: [1, 3], spared: [0, 2] });
  });

  it('never include what has changed an inventory since', () => {
    const { judged } = journalsOf(
      ['apply', { changed: 'kept' }],
      ['apply', { ...STOP, changed: 'kept' }],
      ['apply', { ...STOP, changed: 'kept' }],
      ['apply', { ...STOP, changed: 'reverted' }],
      ['unlock', { changed: 'kept' }],
      ['apply', STOP],
    );
    expect(judged(1)).toEqual({ old: [1, 3, 4], spared: [0, 2] });
  });

  it('include a run that was undone, an adoption, and a damaged one', () => {
    const { judged } = journalsOf(
      ['apply'],
      ['apply'],
      ['undo', { phase: `undo of ${idAt(1)}` }],
      ['adopt'],
      ['apply', { damaged: true }],
      ['apply', STOP],
    );
    expect(judged(1)).toEqual({ old: [1, 2, 3, 4], spared: [0] });
  });

  it('are those of runs that were cut off as they began, after a plan', () => {
    const { folder, ids, judged } = journalsOf(['apply'], ['plan'], ['plan']);
    writeFileSync(journalFile(folder, ids[1] ?? ''), '{"type":"run-sta');
    expect(judged(1)).toEqual({ old: [1], spared: [] });
  });

  it('are found past a first line of any length', () => {
    const { judged } = journalsOf(['apply', { phase: 'p'.repeat(200_000) }], ['plan']);
    expect(judged(1)).toEqual({ old: [], spared: [] });
  });
});

it('a new run leaves fifty of its kind, and the last GO', () => {
  const { folder, ids } = journalsOf(['apply']);
  const many = (count: number, isChanging: boolean) => {
    for (let n = 0; n < count; n++) {
      openJournal(
        folder,
        `20260102-${isChanging ? '1' : '0'}0${String(n).padStart(4, '0')}-a`,
        isChanging,
      ).close();
    }
  };
  many(60, false);
  expect(outdated(folder, 50)).toEqual({ runs: [], spared: [] });
  expect(outdated(folder, 49).runs).toHaveLength(1);
  expect(outdated(folder, 49).runs).not.toContain(ids[0]);
});
