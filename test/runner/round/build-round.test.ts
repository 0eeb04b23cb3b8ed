import type { Change, StepKind } from '../../../src/layers/step.js';
import { PATIENCE } from '../../../src/runner/patience.js';
import type { StepWork } from '../../../src/runner/plan/work.js';
import { buildRound, throwUnkept, throwUnproven } from '../../../src/runner/round/build-round.js';
import { labelsOf } from '../../../src/runner/round/labels.js';
import { answering, inventoryOf, RUN } from '../../support/answering-nodes.js';
import { fakeGuard } from '../../support/node-guard.js';

const kind: StepKind = {
  kind: 'script',
  schema: {},
  probe: () => ({ script: ':', parse: () => undefined }),
  plan: () => [],
};
const work = (step: number, over: { guard?: boolean; kind?: StepKind } = {}): StepWork => {
  const id = `cut.step-${step}`;
  const node = answering('a');
  return {
    phase: 'cut',
    kind: over.kind ?? kind,
    node,
    step: {
      id,
      kind: 'script',
      name: id,
      on: ['a'],
      params: {},
      ...(over.guard === undefined ? {} : { guard: over.guard }),
    },
    context: {
      params: {},
      node,
      inventory: inventoryOf(node),
      networks: [],
      folder: '/',
      values: new Map(),
      secrets: { made: () => undefined, read: () => undefined },
    },
  };
};
const change = (summary: string, over: Partial<Change> = {}): Change => ({
  summary,
  disruption: { level: 'none' },
  script: `do ${summary}`,
  ...over,
});
const made = {
  run: RUN,
  guard: { enabled: true, seconds: 90 },
  nodeGuard: fakeGuard,
  patience: PATIENCE,
  again: '`bridgehead apply --resume -i net.yaml`',
};
const build = (
  planned: readonly { work: StepWork; changes: readonly Change[] }[],
  { round = 1, ...over }: Partial<typeof made> & { round?: number } = {},
) => buildRound({ ...made, ...over }, { node: 'a', planned, number: round, reread: [] });
const ids = ({ fragments }: ReturnType<typeof build>): string[] => fragments.map(({ id }) => id);

const FILE = change('write', { touches: { files: ['/etc/x'] } });
const NET = change('net', { guarded: true, touches: { interfaces: ['wg0'] } });

describe('a round', () => {
  it('keeps what harmless changes touch, and arms nothing', () => {
    const round = build([{ work: work(1), changes: [FILE, change('more')] }]);
    expect(ids(round)).toEqual(['guard.snapshot', 'do.cut.step-1.0', 'do.cut.step-1.1']);
    expect([round.guard, round.label]).toEqual([undefined, 'cut']);
  });

  it('keeps nothing if nothing could be reverted', () => {
    expect(ids(build([{ work: work(1), changes: [change('look')] }]))).toEqual(['do.cut.step-1.0']);
  });

  it('arms before the first change that could cut SSH, guards all that follow, and ends with the proof', () => {
    const round = build([
      { work: work(1), changes: [FILE] },
      { work: work(2), changes: [NET, FILE] },
      { work: work(3), changes: [FILE] },
    ]);
    expect(ids(round)).toEqual([
      'guard.snapshot',
      'do.cut.step-1.0',
      'guard.arm',
      'do.cut.step-2.0',
      'do.cut.step-2.1',
      'do.cut.step-3.0',
      'guard.prove',
    ]);
    const scripts = new Map(round.fragments.map(({ id, script }) => [id, script]));
    expect(scripts.get('do.cut.step-1.0')).toBe('do write');
    for (const id of ['do.cut.step-2.0', 'do.cut.step-2.1', 'do.cut.step-3.0']) {
      expect(scripts.get(id)).toContain('not armed');
    }
    expect(round.fragments.every(({ required }) => required)).toBe(true);
  });

  it('takes the playbook’s word for what is guarded, and then keeps all of the network', () => {
    const [arm] = build([{ work: work(1, { guard: true }), changes: [FILE] }]).fragments;
    expect([arm?.id, arm?.script]).toEqual(['guard.arm', expect.stringContaining('network')]);
    expect(ids(build([{ work: work(1, { guard: false }), changes: [NET] }]))).not.toContain('guard.arm');
  });

  it('is not guarded if the risk is taken, and still keeps what was there', () => {
    const round = build([{ work: work(1), changes: [NET] }], { guard: { enabled: false, seconds: 90 } });
    expect(ids(round)).toEqual(['guard.snapshot', 'do.cut.step-1.0']);
  });

  it('is kept under its own name, which an undo of the phase knows', () => {
    const second = build([{ work: work(1), changes: [NET] }], { round: 2 });
    expect(second.label).toBe('cut (round 2)');
    expect(labelsOf('cut')).toEqual(['cut', 'cut (round 2)', 'cut (round 3)']);
  });

  it('has the time of every kind that changes something, and of what is kept', () => {
    const slow = work(1, { kind: { ...kind, timeoutSeconds: () => 600 } });
    const idle = { work: work(2, { kind: { ...kind, timeoutSeconds: () => 9999 } }), changes: [] };
    const plain = { work: work(3), changes: [FILE] };
    expect(build([{ work: slow, changes: [FILE] }, idle, plain]).deadlineMs).toBe(
      1000 * (120 + 600 + PATIENCE.program),
    );
  });
});

describe('what a node answers to a round', () => {
  const reply = (id: string, code: number, stdout: string, stderr = '') =>
    new Map([[id, { id, code, stdout, stderr }]]);
  const round = build([{ work: work(1), changes: [FILE, NET] }]);

  it('is fine if it kept what was there, armed and proved', () => {
    throwUnkept(round, reply('guard.snapshot', 0, ''));
    throwUnkept(round, reply('guard.arm', 0, '@armed 1 systemd 90\n'));
    throwUnproven(round, reply('guard.prove', 0, '@proven yes\n'));
    throwUnproven(round, new Map());
  });

  it.each([
    ['guard.snapshot', 'no room', 'E_NO_GUARD'],
    ['guard.snapshot', 'write error: No space left on device', 'E_DISK_FULL'],
    ['guard.arm', 'no systemd', 'E_NO_GUARD'],
  ])('ends the round where %s says "%s"', (id, stderr, code) => {
    const refused = () => throwUnkept(round, reply(id, 1, '', stderr));
    expect(refused).toThrow(expect.objectContaining({ code }));
    expect(refused).toThrow(/cut was not/);
  });

  it('has the round reverted if it would not survive the next boot', () => {
    const refused = () => throwUnproven(round, reply('guard.prove', 1, '', 'sshd would not start'));
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'E_REVERTED',
        details: expect.objectContaining({
          node: 'a',
          evidence: 'sshd would not start',
          fix: 'fix the errors above, then run `bridgehead apply --resume -i net.yaml`',
        }),
      }),
    );
  });
});
