import { resolve } from 'node:path';
import type { Playbook } from '../../../src/playbook/types.js';
import type { Command } from '../../../src/runner/events/commands.js';
import type { PhaseOutcome, StampedEvent } from '../../../src/runner/events/events.js';
import { resumePoint } from '../../../src/runner/journal/resume.js';
import type { Shard } from '../../../src/runner/shards/shard.js';

const ALL = ['a', 'b'];
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
  readonly command?: Command;
  readonly nodes?: readonly string[];
  readonly inventory?: string;
  readonly shard?: Shard;
}

function events({
  run,
  selected = NAMES,
  outcomes,
  command = 'apply',
  inventory = 'home.yaml',
  nodes = ALL,
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
      nodes,
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
    ['begins at the beginning when nothing ran', [], { phase: 'baseline', proved: [] }],
    ['has nothing to do after a GO', [{ run: 'r1', outcomes: allGo }], { proved: ['r1'] }],
    [
      'goes on from a STOP',
      [{ run: 'r1', outcomes: { baseline: 'go', kernel: 'stop' } }],
      { by: { run: 'r1' }, phase: 'kernel', proved: ['r1'] },
    ],
    [
      'goes on from a kill in the middle',
      [{ run: 'r1', outcomes: { baseline: 'go', kernel: 'go' } }],
      { by: { run: 'r1' }, phase: 'tunnel', proved: ['r1'] },
    ],
    [
      'trusts no older GO of a phase that the newest run never reached',
      [
        { run: 'r3', selected: ['kernel'], outcomes: { kernel: 'go' } },
        { run: 'r2', outcomes: { baseline: 'go', kernel: 'failed' } },
        { run: 'r1', outcomes: allGo },
      ],
      { by: { run: 'r2' }, phase: 'tunnel', proved: ['r3', 'r2'] },
    ],
    [
      'adds up partial runs',
      [
        { run: 'r2', selected: ['tunnel', 'verify'], outcomes: { tunnel: 'go', verify: 'go' } },
        { run: 'r1', outcomes: { baseline: 'go', kernel: 'go', tunnel: 'stop' } },
      ],
      { proved: ['r2', 'r1'] },
    ],
    [
      'ignores checks and other inventories',
      [
        { run: 'r3', command: 'check', outcomes: allGo },
        { run: 'r2', inventory: 'other.yaml', outcomes: allGo },
        { run: 'r1', outcomes: { baseline: 'go' } },
      ],
      { by: { run: 'r1' }, phase: 'kernel', proved: ['r1'] },
    ],
    [
      'trusts no GO of some of the nodes',
      [
        { run: 'r2', nodes: ['a'], outcomes: allGo },
        { run: 'r1', outcomes: { baseline: 'go', kernel: 'stop' } },
      ],
      { by: { run: 'r1' }, phase: 'kernel', proved: ['r1'] },
    ],
    [
      'trusts a STOP of some of the nodes',
      [
        {
          run: 'r2',
          command: 'client add',
          nodes: ['a'],
          selected: ['tunnel'],
          outcomes: { tunnel: 'stop' },
        },
        { run: 'r1', outcomes: allGo },
      ],
      { by: { run: 'r2' }, phase: 'tunnel', proved: ['r1'] },
    ],
    [
      'stops at a phase that no run was about',
      [{ run: 'r1', selected: ['baseline', 'tunnel'], outcomes: { baseline: 'go', tunnel: 'go' } }],
      { phase: 'kernel', proved: ['r1'] },
    ],
    [
      'has nothing to do after another command that proved all',
      [
        { run: 'r2', command: 'remove', nodes: ['a', 'b', 'gone'], outcomes: allGo },
        { run: 'r1', outcomes: { baseline: 'go', kernel: 'stop' } },
      ],
      { proved: ['r2'] },
    ],
  ])('%s', (_what, newestFirst, expected) => {
    expect(
      resumePoint(newestFirst.map(events), { inventoryFile: 'home.yaml', playbook, nodes: ALL }),
    ).toEqual(expected);
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
      { by: { run: 'r1' }, phase: 'kernel', proved: ['r1'] },
    ],
    [
      'a shard after a complete run',
      [{ run: 'r1', outcomes: { baseline: 'go' } }],
      one,
      { by: { run: 'r1' }, phase: 'kernel', proved: ['r1'] },
    ],
    [
      'not after another shard',
      [{ run: 'r1', shard: two, outcomes: { baseline: 'go' } }],
      one,
      { phase: 'baseline', proved: [] },
    ],
    [
      'not after another split',
      [{ run: 'r1', shard: { index: 1, of: 3 }, outcomes: allGo }],
      one,
      { phase: 'baseline', proved: [] },
    ],
    [
      'a complete run, for which a shard’s GO proves nothing',
      [{ run: 'r1', shard: one, nodes: ['a'], outcomes: allGo }],
      undefined,
      { phase: 'baseline', proved: [] },
    ],
    [
      'a complete run, for which a shard’s STOP cancels what was proved',
      [
        { run: 'r2', shard: one, nodes: ['a'], outcomes: { baseline: 'go', kernel: 'go', tunnel: 'stop' } },
        { run: 'r1', outcomes: allGo },
      ],
      undefined,
      { by: { run: 'r2' }, phase: 'tunnel', proved: ['r1'] },
    ],
  ])('continues for %s', (_what, newestFirst, shard, expected) => {
    const resumed = { inventoryFile: 'home.yaml', playbook, shard, nodes: shard ? ['a'] : ALL };
    expect(resumePoint(newestFirst.map(events), resumed)).toEqual(expected);
  });
});

describe('resumePoint after an undo', () => {
  const RUN = 'r1';
  /** An undo of a run: of these labels on these nodes; `confirmed`, `reverted`: nodes on which a round of it ended so. */
  const undo = (
    labels: readonly string[],
    {
      nodes = ALL,
      confirmed = [] as readonly string[],
      reverted = [] as readonly string[],
      inventory = 'home.yaml',
    } = {},
  ): StampedEvent[] => {
    const stamp = { run: 'u1', at: '2026-01-01T00:00:00Z' };
    const phase = `undo of ${RUN}`;
    return [
      {
        ...stamp,
        type: 'run-started',
        command: 'undo',
        inventory: { file: resolve(inventory), name: 'home', digest: 'i' },
        nodes,
        phases: [{ name: phase, steps: labels, gates: [] }],
      },
      ...nodes.flatMap((node) =>
        labels.map(
          (step): StampedEvent => ({
            ...stamp,
            type: 'change-started',
            phase,
            step,
            node,
            summary: `undo ${step}`,
          }),
        ),
      ),
      ...confirmed.map((node): StampedEvent => ({ ...stamp, type: 'guard-confirmed', phase, node, ms: 1 })),
      ...reverted.map(
        (node): StampedEvent => ({
          ...stamp,
          type: 'guard-reverted',
          phase,
          node,
          by: 'node',
          reverted: [],
          failed: [],
        }),
      ),
    ];
  };
  const gone = events({ run: RUN, outcomes: allGo });
  const resumed = { inventoryFile: 'home.yaml', playbook, nodes: ALL };

  it.each<[string, StampedEvent[][], object]>([
    [
      'starts at the first phase that was undone, although all were GO',
      [undo(['tunnel', 'kernel']), gone],
      { by: { run: 'u1', undone: RUN }, phase: 'kernel', proved: [RUN] },
    ],
    [
      'knows later rounds of a phase',
      [undo(['tunnel (round 2)']), gone],
      { by: { run: 'u1', undone: RUN }, phase: 'tunnel', proved: [RUN] },
    ],
    ['has nothing to do once that was applied again', [gone, undo(['kernel']), gone], { proved: [RUN] }],
    [
      'names the undo, and no newer run that is about other phases',
      [events({ run: 'r2', selected: ['verify'], outcomes: { verify: 'go' } }), undo(['kernel']), gone],
      { by: { run: 'u1', undone: RUN }, phase: 'kernel', proved: ['r2', RUN] },
    ],
    [
      'names the STOP, and no undo of a later phase',
      [undo(['tunnel']), events({ run: 'r1', outcomes: { baseline: 'go', kernel: 'stop' } })],
      { by: { run: RUN }, phase: 'kernel', proved: [RUN] },
    ],
    [
      'trusts no undo of another inventory',
      [undo(['kernel'], { inventory: 'x.yaml' }), gone],
      { proved: [RUN] },
    ],
    ['leaves phases of other playbooks alone', [undo(['forwards']), gone], { proved: [RUN] }],
    [
      'leaves an undo alone that was reverted',
      [undo(['kernel'], { reverted: ALL }), gone],
      { proved: [RUN] },
    ],
    [
      'counts one that was reverted on some of its nodes',
      [undo(['kernel'], { reverted: ['a'] }), gone],
      { by: { run: 'u1', undone: RUN }, phase: 'kernel', proved: [RUN] },
    ],
    [
      'counts one whose later round alone was reverted',
      [undo(['kernel'], { confirmed: ALL, reverted: ALL }), gone],
      { by: { run: 'u1', undone: RUN }, phase: 'kernel', proved: [RUN] },
    ],
    [
      'starts at the beginning if an undo was undone',
      [undo(['undo of r0']), gone],
      { by: { run: 'u1', undone: RUN }, phase: 'baseline', proved: [] },
    ],
  ])('%s', (_what, newestFirst, expected) => {
    expect(resumePoint(newestFirst, resumed)).toEqual(expected);
  });

  it('leaves an undo on other nodes alone', () => {
    const newestFirst = [undo(['kernel'], { nodes: ['b'] }), gone];
    expect(resumePoint(newestFirst, { ...resumed, nodes: ['a'] })).toEqual({ proved: [RUN] });
  });
});
