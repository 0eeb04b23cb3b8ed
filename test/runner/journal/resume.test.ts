import { resolve } from 'node:path';
import type { Playbook } from '../../../src/playbook/types.js';
import type { PhaseOutcome, StampedEvent } from '../../../src/runner/events/events.js';
import { resumePoint } from '../../../src/runner/journal/resume.js';
import type { Shard } from '../../../src/runner/shards/shard.js';

const NAMES = ['baseline', 'kernel', 'tunnel', 'verify'];
const playbook: Playbook = {
  file: 'mesh.yaml',
  name: 'mesh',
  phases: NAMES.map((name) => ({ name, steps: [], gates: [] })),
};

interface Past {
  readonly run: string;
  readonly selected?: readonly string[];
  readonly outcomes: Readonly<Record<string, PhaseOutcome>>;
  readonly command?: 'apply' | 'check';
  readonly inventory?: string;
  readonly shard?: Shard;
}

function events({
  run,
  selected = NAMES,
  outcomes,
  command = 'apply',
  inventory = 'home.yaml',
  shard,
}: Past): StampedEvent[] {
  const stamp = { run, at: '2026-01-01T00:00:00Z' };
  return [
    {
      ...stamp,
      type: 'run-started',
      command,
      inventory: { file: resolve(inventory), name: 'home', digest: 'i' },
      playbook: { file: 'mesh.yaml', name: 'mesh', digest: 'p' },
      nodes: [],
      ...(shard && { shard: { ...shard, total: 4 } }),
      phases: selected.map((name) => ({ name, steps: [], gates: [] })),
    },
    ...Object.entries(outcomes).map(
      ([phase, outcome]): StampedEvent => ({ ...stamp, type: 'phase-ended', phase, outcome, changes: 0 }),
    ),
  ];
}

const allGo = { baseline: 'go', kernel: 'go', tunnel: 'go', verify: 'go' } as const;

describe('resumePoint', () => {
  it.each<[string, Past[], object]>([
    ['begins at the beginning when nothing ran', [], { phase: 'baseline' }],
    ['has nothing to do after a GO', [{ run: 'r1', outcomes: allGo }], { run: 'r1' }],
    [
      'goes on from a STOP',
      [{ run: 'r1', outcomes: { baseline: 'go', kernel: 'stop' } }],
      { run: 'r1', phase: 'kernel' },
    ],
    [
      'goes on from a kill in the middle',
      [{ run: 'r1', outcomes: { baseline: 'go', kernel: 'go' } }],
      { run: 'r1', phase: 'tunnel' },
    ],
    [
      'trusts no older GO of a phase that the newest run never reached',
      [
        { run: 'r3', selected: ['kernel'], outcomes: { kernel: 'go' } },
        { run: 'r2', outcomes: { baseline: 'go', kernel: 'failed' } },
        { run: 'r1', outcomes: allGo },
      ],
      { run: 'r3', phase: 'tunnel' },
    ],
    [
      'adds up partial runs',
      [
        { run: 'r2', selected: ['tunnel', 'verify'], outcomes: { tunnel: 'go', verify: 'go' } },
        { run: 'r1', outcomes: { baseline: 'go', kernel: 'go', tunnel: 'stop' } },
      ],
      { run: 'r2' },
    ],
    [
      'ignores checks and other inventories',
      [
        { run: 'r3', command: 'check', outcomes: allGo },
        { run: 'r2', inventory: 'other.yaml', outcomes: allGo },
        { run: 'r1', outcomes: { baseline: 'go' } },
      ],
      { run: 'r1', phase: 'kernel' },
    ],
  ])('%s', (_what, newestFirst, expected) => {
    expect(resumePoint(newestFirst.map(events), { inventoryFile: 'home.yaml', playbook })).toEqual(expected);
  });

  const [one, two] = [
    { index: 1, of: 2 },
    { index: 2, of: 2 },
  ];
  it.each<[string, Past[], Shard | undefined, object]>([
    [
      'a shard',
      [{ run: 'r1', shard: one, outcomes: { baseline: 'go' } }],
      one,
      { run: 'r1', phase: 'kernel' },
    ],
    [
      'a shard after a complete run',
      [{ run: 'r1', outcomes: { baseline: 'go' } }],
      one,
      { run: 'r1', phase: 'kernel' },
    ],
    [
      'not after another shard',
      [{ run: 'r1', shard: two, outcomes: { baseline: 'go' } }],
      one,
      { phase: 'baseline' },
    ],
    [
      'not after another split',
      [{ run: 'r1', shard: { index: 1, of: 3 }, outcomes: allGo }],
      one,
      { phase: 'baseline' },
    ],
    [
      'a complete run, for which a shard’s GO proves nothing',
      [{ run: 'r1', shard: one, outcomes: allGo }],
      undefined,
      { run: 'r1', phase: 'baseline' },
    ],
    [
      'a complete run, for which a shard’s STOP cancels what was proved',
      [
        { run: 'r2', shard: one, outcomes: { baseline: 'go', kernel: 'go', tunnel: 'stop' } },
        { run: 'r1', outcomes: allGo },
      ],
      undefined,
      { run: 'r2', phase: 'tunnel' },
    ],
  ])('continues for %s', (_what, newestFirst, shard, expected) => {
    const resumed = { inventoryFile: 'home.yaml', playbook, shard };
    expect(resumePoint(newestFirst.map(events), resumed)).toEqual(expected);
  });
});
