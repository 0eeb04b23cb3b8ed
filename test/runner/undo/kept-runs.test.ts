import type { KeptRun } from '../../../src/guard/index.js';
import type { NodeErrors } from '../../../src/runner/context.js';
import { isStanding, lastRun, type NodeRuns, readRuns } from '../../../src/runner/undo/kept-runs.js';
import {
  type Answer,
  AnsweringNodes,
  type Asked,
  answering,
  inventoryOf,
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

describe('the last run', () => {
  const undo = (run: string) => kept(run, { phases: [{ phase: `undo of ${OLD}`, outcome: 'confirmed' }] });
  const reverted = (run: string) => kept(run, { phases: [{ phase: 'tunnel', outcome: 'reverted' }] });

  it.each<[string, readonly KeptRun[][], string | undefined]>([
    ['the newest of any node', [[kept('r1'), kept('r3')], [kept('r2')]], 'r3'],
    ['not one that is undone', [[kept('r1'), kept('r2', { undone: true })]], 'r1'],
    ['not one that its guards have reverted', [[kept('r1'), reverted('r2')]], 'r1'],
    ['not an undo, which is undone by name alone', [[kept('r1'), undo('r2')]], 'r1'],
    ['none where nothing is left', [[reverted('r1')], []], undefined],
  ])('is %s', (_what, nodes, expected) => {
    expect(lastRun(nodes.map((runs, index) => ({ node: `n${index}`, runs })))).toBe(expected);
  });

  it('lasts while one of its phases does', () => {
    expect(isStanding(undo('r'))).toBe(true);
    expect(isStanding(reverted('r'))).toBe(false);
    const half = kept('r', { phases: [{ phase: 'a', outcome: 'reverted' }, { phase: 'b' }] });
    expect(isStanding(half)).toBe(true);
  });
});

const inventory = inventoryOf(answering('a'), answering('b'));

const LIST = `@run ${OLD}\n@since noon\n@phase tunnel\n@outcome confirmed\n@standing yes\n`;

async function stage(answers: (asked: Asked) => Answer | undefined) {
  const nodes = new AnsweringNodes(
    (asked) => answers(asked) ?? (asked.id === 'guard.lock' ? '@lock taken\n' : LIST),
  );
  return { nodes, ...(await stageOf(nodes, inventory)) };
}

describe('reading what nodes have kept', () => {
  it('locks each before it reads it', async () => {
    const { context, nodes } = await stage(() => undefined);
    expect(await readRuns(context, inventory.nodes)).toEqual({
      kept: ['a', 'b'].map((node) => ({ node, runs: [kept(OLD)] })),
    });
    expect(nodes.asked.filter((one) => one.startsWith('a'))).toEqual(['a: guard.lock', 'a: guard.runs']);
    expect([...context.locks.held].sort()).toEqual(['a', 'b']);
  });

  it('waits for another run if it may, and reads all nodes again', async () => {
    const held = '@lock held\n@run x\n@user bob\n@host desk\n@pid 7\n@since noon\n';
    let isFree = false;
    const { context, nodes } = await stage(({ node, id }) => {
      if (node === 'a' && id === 'guard.runs') return `${LIST}${LIST.replace(OLD, 'x')}`;
      if (id === 'guard.look') isFree = true;
      if (id === 'guard.look') return '@lock free\n@last x\n@boot 1\n';
      return node === 'a' && id === 'guard.lock' && !isFree ? held : undefined;
    });
    const patience = { ...context.patience, lock: 60 };
    const read = await readRuns({ ...context, patience }, inventory.nodes);
    const ids = (all: readonly NodeRuns[] = []) => all.map(({ runs }) => runs.map(({ run }) => run));
    expect(ids(read.kept)).toEqual([[OLD, 'x'], [OLD]]);
    // What was begun by the run that is waited for is not counted.
    expect(ids(read.before)).toEqual([[OLD], [OLD]]);
    expect(nodes.asked.filter((one) => one.startsWith('b'))).toEqual([
      'b: guard.lock',
      'b: guard.runs',
      'b: guard.release',
      'b: guard.look',
      'b: guard.lock',
      'b: guard.runs',
    ]);
  });

  it('reports every node that is held, or can’t say', async () => {
    const held = '@lock held\n@run x\n@user bob\n@host desk\n@pid 7\n@since noon\n';
    const { context } = await stage(({ node, id }) => {
      if (node === 'a' && id === 'guard.lock') return held;
      return node === 'b' && id === 'guard.runs' ? { code: 1, stderr: 'no folder' } : undefined;
    });
    const error: unknown = await readRuns(context, inventory.nodes).catch((one) => one);
    expect((error as NodeErrors).errors).toMatchObject([
      { code: 'E_UNDO', details: { node: 'b', evidence: expect.stringContaining('no folder') } },
      { code: 'E_LOCKED', details: { node: 'a' } },
    ]);
  });
});
