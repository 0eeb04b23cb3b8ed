import { readdirSync } from 'node:fs';
import type { Holder } from '../../../src/guard/index.js';
import { isAliveHere, isDeadHere, isDoubtfulHere } from '../../../src/runner/locks/dead-run.js';
import { commandOf, startOf, thisProcess } from '../../../src/runner/locks/process.js';

const ours: Holder = {
  run: 'r',
  user: 'ann',
  host: 'laptop#12345678',
  pid: process.pid,
  since: 'noon',
  ...thisProcess(),
};
/** Above the kernel's largest process id. */
const GONE = 2 ** 22 + 1;
/** As an earlier version wrote it. */
const { bootid: _bootid, started: _started, ...older } = ours;

/** What is known of a holder: dead, alive, or that only a person can know. */
function knownOf(holder: Holder, by: Holder = ours): string[] {
  const all = { dead: isDeadHere, alive: isAliveHere, doubtful: isDoubtfulHere };
  return Object.entries(all).flatMap(([name, is]) => (is(holder, by) ? [name] : []));
}

it.each<[string, Holder, string[]]>([
  ['a process of this machine that is gone', { ...ours, pid: GONE }, ['dead']],
  ['a live process of this machine', ours, ['alive']],
  ['one whose id another process has by now', { ...ours, started: '1' }, ['dead']],
  ['one from before the last boot, whose id another process has', { ...ours, bootid: 'earlier' }, ['dead']],
  ['another machine', { ...ours, host: 'desk#99999999', pid: GONE }, []],
  ['a machine of the same name', { ...ours, host: 'laptop#99999999', pid: GONE }, []],
  ['one that an earlier version wrote, with no process', { ...older, pid: GONE }, ['dead']],
  ['one that an earlier version wrote, with a process', older, ['doubtful']],
])('knows of %s', (_what, holder, known) => {
  expect(knownOf(holder)).toEqual(known);
});

it('knows nothing about a machine without an id, even with the same name', () => {
  const nameless = { ...ours, host: 'laptop', pid: GONE };
  expect(knownOf(nameless, nameless)).toEqual([]);
  expect(knownOf({ ...nameless, pid: process.pid }, nameless)).toEqual([]);
});

it('does not take a thread of another process for a run', () => {
  const thread =
    readdirSync('/proc/self/task')
      .map(Number)
      .find((id) => id !== process.pid) ?? 0;
  expect(thread).toBeGreaterThan(0);
  expect(knownOf({ ...ours, pid: thread, started: `${Number(startOf(1)) - 1}` })).toEqual(['dead']);
});

it('knows a process by its program and script, not by its arguments', () => {
  expect(thisProcess()).toEqual({
    bootid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    started: expect.stringMatching(/^\d+$/),
  });
  expect(commandOf(process.pid)).toMatch(/^\S*node( \/\S+)?$/);
  expect([startOf(GONE), commandOf(GONE)]).toEqual([undefined, undefined]);
});
