import type { Holder } from '../../../src/guard/index.js';
import { isAliveHere, isDeadHere } from '../../../src/runner/locks/dead-run.js';

const ours: Holder = { run: 'r', user: 'ann', host: 'laptop#12345678', pid: process.pid, since: 'noon' };
/** Above the kernel's largest process id. */
const GONE = 2 ** 22 + 1;

it.each<[string, Partial<Holder>, { dead: boolean; alive: boolean }]>([
  ['a process of this machine that is gone', { pid: GONE }, { dead: true, alive: false }],
  ['a live process of this machine', {}, { dead: false, alive: true }],
  ['another machine', { host: 'desk#99999999', pid: GONE }, { dead: false, alive: false }],
  ['a machine of the same name', { host: 'laptop#99999999', pid: GONE }, { dead: false, alive: false }],
])('knows of %s', (_what, over, { dead, alive }) => {
  const holder = { ...ours, ...over };
  expect([isDeadHere(holder, ours), isAliveHere(holder, ours)]).toEqual([dead, alive]);
});

it('knows nothing about a machine without an id, even with the same name', () => {
  const nameless = { ...ours, host: 'laptop', pid: GONE };
  expect(isDeadHere(nameless, nameless)).toBe(false);
  expect(isAliveHere({ ...nameless, pid: process.pid }, nameless)).toBe(false);
});
