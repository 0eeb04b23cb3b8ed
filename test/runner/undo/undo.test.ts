import { BridgeheadError } from '../../../src/core/errors.js';
import type { KeptRun } from '../../../src/guard/index.js';
import { PATIENCE } from '../../../src/runner/patience.js';
import type { NodeRuns } from '../../../src/runner/undo/kept-runs.js';
import { undoRun } from '../../../src/runner/undo/undo.js';
import {
  type Answer,
  AnsweringNodes,
  type Asked,
  answering,
  inventoryOf,
  RUN,
  stageOf,
} from '../../support/answering-nodes.js';

const OLD = '20250101-000000-aaaaaa';
const kept = (run: string, over: Partial<KeptRun> = {}): KeptRun => ({
  run,
  since: 'noon',
  undone: false,
  phases: [{ phase: 'tunnel', outcome: 'confirmed' }],
  ...over,
});

const inventory = inventoryOf(answering('a'), answering('b'));
const where = (state: string, label = `undo of ${OLD}`) => `@guard ${state}\n@run ${RUN}\n@phase ${label}\n`;
/** A node on which all goes well. */
const WELL: Readonly<Record<string, Answer>> = {
  'guard.arm': '@armed 1 systemd 90\n',
  'guard.undo': '@phase tunnel\n@reverted file reverted: /etc/motd\n@undo done\n',
  'guard.prove': '@proven yes\n',
  'guard.confirm': where('confirmed'),
  'guard.state': where('armed'),
  'guard.revert': where('reverted'),
};

async function stage(
  answers: (asked: Asked) => Answer | undefined = () => undefined,
  over: Parameters<typeof stageOf>[2] = {},
  of = inventory,
) {
  const nodes = new AnsweringNodes((asked) => answers(asked) ?? WELL[asked.id] ?? '');
  return { nodes, ...(await stageOf(nodes, of, over)) };
}
const onA =
  (id: string, answer: Answer) =>
  (asked: Asked): Answer | undefined =>
    asked.node === 'a' && asked.id === id ? answer : undefined;
const lost = new BridgeheadError('E_CONNECTION_LOST', 'lost', { node: 'a' });
const RUNS: readonly NodeRuns[] = ['a', 'b'].map((node) => ({ node, runs: [kept(OLD)] }));

describe('undoing a run', () => {
  it('is its own guarded round on each node, confirmed over a new login', async () => {
    const { context, nodes, events } = await stage();
    expect(await undoRun(context, OLD, RUNS)).toEqual(
      ['a', 'b'].map((node) => ({
        node,
        undone: ['file reverted: /etc/motd'],
        fate: 'changed',
        changes: 1,
      })),
    );
    expect(nodes.asked.filter((one) => one.startsWith('a'))).toEqual([
      'a: guard.arm',
      'a: guard.undo',
      'a: guard.prove',
      'a: guard.confirm',
    ]);
    expect([...nodes.logins].sort()).toEqual(['fresh a', 'fresh b']);
    expect(context.armedNodes.size).toBe(0);
    expect(events.map(({ type }) => type)).toContain('guard-confirmed');
  });

  it('reports each phase of the run on each node, with what the node says it did', async () => {
    const { context, events } = await stage();
    await undoRun(context, OLD, RUNS);
    const at = { phase: `undo of ${OLD}`, node: 'a' };
    const change = { ...at, step: 'tunnel', summary: 'undo tunnel' };
    expect(events.filter((event) => !('node' in event) || event.node === 'a')).toEqual([
      { type: 'phase-started', phase: at.phase },
      { type: 'guard-armed', ...at, seconds: 90 },
      { type: 'change-started', ...change },
      { type: 'change-done', ...change, ms: expect.any(Number), items: ['file reverted: /etc/motd'] },
      { type: 'guard-confirmed', ...at, ms: expect.any(Number) },
      { type: 'phase-ended', phase: at.phase, outcome: 'done', changes: 2 },
    ]);
  });

  it('reports what could not be undone, and how that left the nodes', async () => {
    const two = [{ node: 'a', runs: [kept(OLD, { phases: [{ phase: 'kernel' }, { phase: 'tunnel' }] })] }];
    const answer = '@phase tunnel\n@reverted x\n@phase kernel\n@failed route\n@undo done\n';
    const { context, events } = await stage(onA('guard.undo', answer));
    await undoRun(context, OLD, two);
    const ofType = (type: string) => events.filter((event) => event.type === type);
    expect(ofType('change-done')).toMatchObject([{ step: 'tunnel', items: ['x'] }]);
    expect(ofType('step-failed')).toMatchObject([
      { step: 'kernel', node: 'a', error: { code: 'E_UNDO', evidence: 'route' } },
    ]);
    expect(ofType('phase-ended')).toMatchObject([
      { outcome: 'failed', changes: 1, nodes: { changed: ['a'], untouched: [], reverted: [], unknown: [] } },
    ]);
  });

  it('keeps what was there, and arms nothing, if the risk is taken', async () => {
    const { context, nodes } = await stage(undefined, { guard: { enabled: false, seconds: 90 } });
    expect(await undoRun(context, OLD, RUNS.slice(0, 1))).toMatchObject([{ node: 'a' }]);
    expect(nodes.asked).toEqual(['a: guard.snapshot', 'a: guard.undo']);
    expect(nodes.logins).toEqual([]);
  });

  it.each<[string, Answer, string]>([
    ['the node says that it failed', '@undo done\n@failed route\n', 'route'],
    ['the node refuses', { code: 1, stderr: 'no such run' }, 'no such run'],
    ['the node kept nothing', '@undo unknown\n', 'the node has kept nothing of that run'],
  ])('keeps what it could undo, and reports it, if %s', async (_what, answer, evidence) => {
    const { context, nodes } = await stage(onA('guard.undo', answer));
    const [a, b] = await undoRun(context, OLD, RUNS);
    expect(a).toMatchObject({ node: 'a', undone: [], error: { code: 'E_UNDO', details: { evidence } } });
    expect(b).toMatchObject({ node: 'b', undone: ['file reverted: /etc/motd'], changes: 1 });
    expect(nodes.asked).toContain('a: guard.confirm');
  });

  it('is reverted if it would not survive the node’s next boot', async () => {
    const { context, nodes } = await stage(onA('guard.prove', { code: 1, stderr: 'sshd would not start' }));
    const [a] = await undoRun(context, OLD, RUNS);
    expect(a).toMatchObject({ undone: [], error: { code: 'E_REVERTED' } });
    expect(nodes.asked.filter((one) => one.startsWith('a')).at(-1)).toBe('a: guard.revert');
    expect(nodes.logins).not.toContain('fresh a');
  });

  it('is reverted by the node if no new login works, which it then reports', async () => {
    const { context, nodes, events } = await stage(onA('guard.confirm', where('reverted')));
    const [a] = await undoRun(context, OLD, RUNS);
    expect(a).toMatchObject({ undone: [], error: { code: 'E_REVERTED', details: { node: 'a' } } });
    expect(nodes.asked).not.toContain('a: guard.revert');
    expect(events).toContainEqual(expect.objectContaining({ type: 'guard-reverted', node: 'a', by: 'node' }));
  });

  it('is reverted if the answer was lost before it was done', async () => {
    const { context, nodes } = await stage(onA('guard.undo', lost));
    const [a] = await undoRun(context, OLD, RUNS);
    expect(a).toMatchObject({ undone: [], error: { code: 'E_REVERTED', details: { node: 'a' } } });
    expect(nodes.logins).toContain('fresh a');
  });

  it('is not started if there can be no guard', async () => {
    const { context, nodes } = await stage(({ node, id }) => {
      if (node === 'a' && id === 'guard.state') return '@guard none\n';
      return node === 'a' && id === 'guard.arm' ? { code: 1, stderr: 'no systemd' } : undefined;
    });
    const [a] = await undoRun(context, OLD, RUNS);
    expect(a).toMatchObject({
      undone: [],
      error: { code: 'E_NO_GUARD', details: { evidence: 'no systemd' } },
    });
    expect(nodes.asked).not.toContain('a: guard.undo');
    expect(a).toMatchObject({ fate: 'untouched', changes: 0 });
  });

  it('is kept on a jump host once those behind it were logged into again', async () => {
    const behind = answering('b', { ssh: { host: 'b', jump: 'a', hostKeys: [], sudo: 'auto' } });
    const { context, nodes } = await stage(undefined, {}, inventoryOf(answering('a'), behind));
    expect(await undoRun(context, OLD, RUNS.slice(0, 1))).toMatchObject([{ node: 'a' }]);
    expect([...nodes.logins].sort()).toEqual(['fresh a', 'fresh b']);
    expect(nodes.asked.at(-1)).toBe('a: guard.confirm');
  });

  it('is reverted on a jump host that lets nobody through any more', async () => {
    const behind = answering('b', { ssh: { host: 'b', jump: 'a', hostKeys: [], sudo: 'auto' } });
    const patience = { ...PATIENCE, retry: 1000 };
    const { context, nodes } = await stage(undefined, { patience }, inventoryOf(answering('a'), behind));
    nodes.unreachable.add('b');
    const [a] = await undoRun(context, OLD, RUNS.slice(0, 1));
    expect(a).toMatchObject({ undone: [], error: { code: 'E_REVERTED' } });
    expect(nodes.asked).toContain('a: guard.revert');
    expect(nodes.asked).not.toContain('a: guard.confirm');
  });
});
