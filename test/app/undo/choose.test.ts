import { chooseRuns, refuseOthers } from '../../../src/app/undo/choose.js';
import type { KeptRun } from '../../../src/guard/index.js';
import type { NodeRuns } from '../../../src/runner/undo/kept-runs.js';

const kept = (run: string, over: Partial<KeptRun> = {}): KeptRun => ({
  run,
  since: 'noon',
  undone: false,
  phases: [{ phase: 'tunnel', outcome: 'confirmed' }],
  ...over,
});
const undoOf = (run: string, of: string) => kept(run, { phases: [{ phase: `undo of ${of}` }] });
const on = (runs: Readonly<Record<string, readonly KeptRun[]>>): NodeRuns[] =>
  Object.entries(runs).map(([node, list]) => ({ node, runs: list }));

/** r4 was undone by r5; r2 has changed b alone. */
const NODES = on({
  a: [kept('r1'), kept('r3'), kept('r4', { undone: true }), undoOf('r5', 'r4'), kept('r6')],
  b: [kept('r1'), kept('r2'), kept('r3', { phases: [{ phase: 'x', outcome: 'reverted' }] })],
});
const chosen = (choice: Parameters<typeof chooseRuns>[1], nodes = NODES) =>
  chooseRuns(nodes, choice).map(({ run, kept: of }) => `${run} ${of.map(({ node }) => node).join()}`);

it.each([
  ['the last that changed something', {}, ['r6 a']],
  ['one by name', { run: 'r1' }, ['r1 a,b']],
  ['an undo by name', { run: 'r5' }, ['r5 a']],
  ['all after one, newest first, undos and what is undone left out', { to: 'r1' }, ['r6 a', 'r3 a', 'r2 b']],
  ['all after one that is undone itself', { to: 'r4' }, ['r6 a']],
  ['all', { all: true }, ['r6 a', 'r3 a', 'r2 b', 'r1 a,b']],
])('%s', (_what, choice, runs) => {
  expect(chosen(choice)).toEqual(runs);
});

it('all of one node', () => {
  expect(chosen({ all: true }, NODES.slice(1))).toEqual(['r2 b', 'r1 b']);
});

it.each([
  [
    'a run that no node knows',
    { run: 'r7' },
    'no node has a snapshot of run r7 to undo',
    'did you mean "r1"?',
  ],
  [
    'a run to go back to that no node knows',
    { to: '2026' },
    'no node has a snapshot of run 2026',
    'the nodes have snapshots of: r1, r2',
  ],
  [
    'a run that is undone',
    { run: 'r4' },
    'there is nothing of run r4 to undo',
    '`bridgehead undo --list` shows',
  ],
  ['the newest run to go back to', { to: 'r6' }, 'there is nothing after run r6 to undo', '--list'],
])('refuses %s', (_what, choice, message, fix) => {
  expect(() => chooseRuns(NODES, choice)).toThrow(
    expect.objectContaining({
      code: 'E_USAGE',
      message: expect.stringContaining(message),
      details: expect.objectContaining({ fix: expect.stringContaining(fix) }),
    }),
  );
});

it('refuses if nothing was kept', () => {
  expect(() => chooseRuns(on({ a: [] }), {})).toThrow('there is nothing to undo');
  expect(() => chooseRuns(on({ a: [] }), { run: 'r1' })).toThrow('no node has a snapshot of run r1 to undo');
});

describe('after a wait for another run', () => {
  const before = on({ a: [kept('r1'), kept('r2')], b: [kept('r1')] });
  const judge = (choice: Parameters<typeof chooseRuns>[1], nodes: readonly NodeRuns[]) =>
    refuseOthers(chooseRuns(nodes, choice), before, choice);

  it.each([
    [
      'that changed something',
      {},
      on({ a: [kept('r1'), kept('r2')], b: [kept('r1'), kept('r3')] }),
      'the last run is now r3',
    ],
    [
      'that undid the last',
      {},
      on({ a: [kept('r1'), kept('r2', { undone: true })], b: [kept('r1')] }),
      'the last run is now r1',
    ],
    [
      'before all',
      { all: true },
      on({ a: [kept('r1'), kept('r2')], b: [kept('r3')] }),
      'the runs to undo are now r3, r2, r1',
    ],
    [
      'before all after one',
      { to: 'r1' },
      on({ a: [kept('r1'), kept('r2')], b: [kept('r3')] }),
      'the runs to undo are now r3, r2',
    ],
  ])('%s, refuses what was not meant', (_what, choice, nodes, message) => {
    expect(() => judge(choice, nodes)).toThrow(
      expect.objectContaining({ code: 'E_USAGE', message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ['the same run', {}, before],
    ['a run that was named', { run: 'r3' }, on({ a: [kept('r3')] })],
  ])('undoes %s', (_what, choice, nodes) => {
    expect(() => judge(choice, nodes)).not.toThrow();
  });
});
