import { FOUR, find, GO, type Kept, messageOf, ONE, stateWith, THREE, TWO } from './state.js';

type Runs = Readonly<Record<string, Kept>>;

const ALL = { ...GO, changed: ['a', 'b'] } as const;
const undoOf = (run: string, changed: readonly string[] = ['a', 'b']): Kept => ({
  command: 'undo',
  phases: [`undo of ${run}`],
  outcome: 'done',
  changed,
});

it.each<[string, Runs, string]>([
  ['the newest apply', { [ONE]: ALL, [TWO]: ALL }, TWO],
  ['one that found nothing to change', { [ONE]: ALL, [TWO]: GO }, TWO],
  ['a renumbering', { [ONE]: ALL, [TWO]: { ...ALL, command: 'renumber' } }, TWO],
  [
    'a plan with nothing to change',
    { [ONE]: { ...ALL, command: 'client add' }, [TWO]: { command: 'plan' } },
    TWO,
  ],
  [
    'what was applied before runs that changed nothing',
    {
      [ONE]: ALL,
      '20261122-000000-dddddd': { ...GO, command: 'check' },
      '20261122-000001-eeeeee': {},
      '20261122-000002-ffffff': { ...ALL, file: '/other/inventory.yaml' },
      '20261122-000003-999999': { ...GO, nodes: ['a'] },
      '20261122-000004-999999': { command: 'plan', planned: ['a'] },
      '20261122-000005-999999': { outcome: 'stop', exit: 3 },
      '20261122-000006-999999': { outcome: 'done', command: 'unlock', changed: ['a'] },
      '20261122-000007-999999': { command: 'undo', phases: [], exit: 6 },
      '20261122-000008-999999': { outcome: 'failed', exit: 5, changed: ['a'], reverted: ['a'] },
    },
    ONE,
  ],
  ['the apply before one that was undone', { [ONE]: ALL, [TWO]: ALL, [THREE]: undoOf(TWO) }, ONE],
  [
    'the apply before a partial one that was undone',
    { [ONE]: ALL, [TWO]: { ...GO, changed: ['a'], nodes: ['a'] }, [THREE]: undoOf(TWO, ['a']) },
    ONE,
  ],
  ['an apply whose undo was undone', { [ONE]: ALL, [TWO]: undoOf(ONE), [THREE]: undoOf(TWO) }, ONE],
  [
    'the apply before one that was undone node by node',
    { [ONE]: ALL, [TWO]: ALL, [THREE]: undoOf(TWO, ['a']), [FOUR]: undoOf(TWO, ['b']) },
    ONE,
  ],
  [
    'an apply whose undo was reverted',
    { [ONE]: ALL, [TWO]: { ...undoOf(ONE), outcome: 'failed', exit: 5, reverted: ['a', 'b'] } },
    ONE,
  ],
])('is last %s', async (_, runs, run) => {
  expect((await find('last', await stateWith(runs))).name).toBe(`run ${run}`);
});

it.each<[string, Runs, string]>([
  [
    'some nodes have more since',
    { [ONE]: ALL, [TWO]: { ...GO, nodes: ['a'], changed: ['a'] }, [THREE]: { ...GO, command: 'check' } },
    `run ${TWO} changed nodes, and left out b`,
  ],
  [
    'some phases were applied since',
    { [ONE]: ALL, [TWO]: { ...ALL, phases: ['first'] } },
    `run ${TWO} changed nodes, and left out phase tunnel`,
  ],
  [
    'a client was added since',
    { [ONE]: ALL, [TWO]: { ...GO, command: 'client add', nodes: ['a'], changed: ['a'] } },
    `run ${TWO} changed nodes, and was a client add, which does not apply an inventory to the complete network`,
  ],
  [
    'an apply was killed since',
    { [ONE]: ALL, [TWO]: { ...ALL, ends: false } },
    `run ${TWO} changed nodes, and did not end`,
  ],
  [
    'an apply left some nodes changed',
    { [ONE]: ALL, [TWO]: { outcome: 'failed', exit: 5, changed: ['a', 'b'], reverted: ['a'] } },
    `run ${TWO} changed nodes, and did not end in GO, so it did not leave what its inventory says`,
  ],
  [
    'an apply was undone on some of its nodes',
    { [ONE]: ALL, [TWO]: ALL, [THREE]: undoOf(TWO, ['a']) },
    `run ${THREE} has undone run ${TWO}, but not on b`,
  ],
  [
    'an undo failed half way',
    { [ONE]: ALL, [TWO]: ALL, [THREE]: { ...undoOf(TWO), outcome: 'failed', exit: 4 } },
    `run ${THREE} has undone only a part of run ${TWO}`,
  ],
  [
    'an undo was killed',
    { [ONE]: ALL, [TWO]: { command: 'undo', phases: [`undo of ${ONE}`], changed: ['a'], ends: false } },
    `run ${TWO} has undone only a part of run ${ONE}`,
  ],
  [
    'an apply was undone that was not the newest',
    { [ONE]: ALL, [TWO]: ALL, [THREE]: ALL, [FOUR]: undoOf(TWO) },
    `run ${FOUR} has undone run ${TWO}, but not run ${THREE}, which was newer`,
  ],
  [
    'applies were undone, the older one first',
    { [ONE]: ALL, [TWO]: ALL, [THREE]: undoOf(ONE), [FOUR]: undoOf(TWO) },
    `run ${THREE} has undone run ${ONE}, but not run ${TWO}, which was newer`,
  ],
  [
    'the journal of what was undone is gone',
    { [ONE]: ALL, [THREE]: undoOf(TWO) },
    `run ${TWO}, which was undone, has no journal of this inventory`,
  ],
  [
    'the journal of what was undone, and restored, is gone',
    { [ONE]: ALL, [THREE]: undoOf(TWO), [FOUR]: undoOf(THREE) },
    `run ${TWO}, which was undone, has no journal of this inventory`,
  ],
])('is not known if %s', async (_, runs, why) => {
  expect(await messageOf(find('last', await stateWith(runs)))).toBe(
    [
      'the journals do not say what the complete network has now',
      why,
      'say what to compare with: an earlier inventory with --against FILE, such as one from git: git show REVISION:inventory.yaml >old.yaml; or a run with --against RUN (`bridgehead runs list` shows the runs)',
    ].join('\n'),
  );
});
