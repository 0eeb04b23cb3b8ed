import type { RunEvent } from '../../../src/runner/events/events.js';
import { changedIn } from '../../../src/runner/journal/changed.js';

const at = { phase: 'tunnel', node: 'a' } as const;
const begun: RunEvent = { type: 'change-started', ...at, step: 'file', summary: 's' };
const armed: RunEvent = { type: 'guard-armed', ...at, seconds: 60 };
const confirmed: RunEvent = { type: 'guard-confirmed', ...at, ms: 1 };
const reverted: RunEvent = { type: 'guard-reverted', ...at, by: 'node', reverted: ['x'], failed: [] };
const ended: RunEvent = { type: 'run-ended', exit: 5, changes: 0, errors: [], ms: 1 };
const none = { changed: [], untouched: [], reverted: [], unknown: [] };
const stopped = (nodes: object): RunEvent => ({
  type: 'phase-ended',
  phase: 'tunnel',
  outcome: 'failed',
  changes: 0,
  nodes: { ...none, ...nodes },
});

const changed = (events: readonly RunEvent[]) =>
  [...changedIn(events.map((event) => ({ ...event, run: 'r', at: 't' })))].map(([phase, nodes]) => [
    phase,
    ...nodes,
  ]);

it.each<[string, RunEvent[]]>([
  ['began to change it', [begun, ended]],
  ['confirmed an earlier round of the phase', [begun, confirmed, begun, reverted, ended]],
  ['could not revert it completely', [begun, { ...reverted, failed: ['y'] }, ended]],
  ['could not revert what no guard covered', [begun, reverted, stopped({ changed: ['a'] }), ended]],
  ['lost it', [stopped({ unknown: ['a'] }), ended]],
  ['was killed after it had armed a guard', [armed]],
  [
    'reverted what an earlier run had changed, and not its own',
    [begun, { ...reverted, earlier: 'q' }, ended],
  ],
])('a run has changed a node if it %s', (_, events) => {
  expect(changed(events)).toEqual([['tunnel', 'a']]);
});

it.each<[string, RunEvent[]]>([
  ['only armed a guard', [armed, ended]],
  ['reverted everything', [armed, begun, reverted, stopped({ reverted: ['a'] }), ended]],
  ['left it untouched', [stopped({ untouched: ['a'] }), ended]],
])('a run has not changed a node if it %s', (_, events) => {
  expect(changed(events)).toEqual([]);
});
