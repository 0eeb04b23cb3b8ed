import { createLines } from '../../../src/render/live/lines.js';
import { TreeState } from '../../../src/render/live/tree/state.js';
import { stopReport } from '../../../src/render/report/stop-report.js';
import { summary } from '../../../src/render/report/summary.js';
import type { ReportedError, RunEvent } from '../../../src/runner/events/events.js';
import { ADD_PEER, ended, planned, read, stamp, started } from '../../support/events.js';
import { PLAIN, recordOf } from '../helpers.js';

const NODE = 'ms-1';
const armed: RunEvent = { type: 'guard-armed', phase: 'tunnel', node: NODE, seconds: 90 };
const begun: RunEvent = {
  type: 'change-started',
  phase: 'tunnel',
  step: 'tunnel.step-1',
  node: NODE,
  summary: ADD_PEER.summary,
};
const reverted: RunEvent = {
  type: 'guard-reverted',
  phase: 'tunnel',
  node: NODE,
  by: 'node',
  reverted: ['route removed: default dev wg0'],
  failed: [],
};
const error: ReportedError = {
  code: 'E_REVERTED',
  node: NODE,
  phase: 'tunnel',
  message: 'tunnel was reverted on ms-1: a new login works again',
};
const nodes = { changed: ['wk-1'], untouched: ['wk-2'], reverted: [NODE], unknown: [] };

/** A run whose guard had to fire. */
const FIRED = stamp([
  started('apply'),
  ...read(),
  { type: 'lock-taken', node: NODE },
  { type: 'lock-taken', node: 'wk-1', from: 'run 1 of ann@laptop (pid 7), since noon' },
  { type: 'phase-started', phase: 'tunnel' },
  planned('tunnel', 'wireguard', NODE, [ADD_PEER]),
  armed,
  begun,
  { type: 'guard-waiting', phase: 'tunnel', node: NODE, seconds: 55, reason: 'no answer' },
  reverted,
  { type: 'step-failed', phase: 'tunnel', step: 'tunnel.step-1', node: NODE, error },
  { type: 'phase-ended', phase: 'tunnel', outcome: 'failed', changes: 1, nodes },
  ended(5, 1, [error]),
]);

it('prints locks and guards as lines', () => {
  let text = '';
  const lines = createLines((more) => {
    text += more;
  }, PLAIN);
  for (const event of FIRED) lines.event(event);
  const shown = text.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));
  expect(shown).toEqual(
    expect.arrayContaining([
      'connect | - | wk-1 | took over the lock of run 1 of ann@laptop (pid 7), since noon',
      'tunnel | - | ms-1 | guarded: reverts in 90 s unless confirmed',
      'tunnel | - | ms-1 | not confirmed, the node reverts it within 55 s: no answer',
      'tunnel | - | ms-1 | reverted by the node itself: 1 item',
    ]),
  );
});

it('reports what was reverted, and how the phase left its nodes', () => {
  const record = recordOf(FIRED);
  const report = stopReport(record, PLAIN);
  expect(report).toContain(
    'REVERTED ms-1 / tunnel  reverted by the node itself: 1 item\n  route removed: default dev wg0',
  );
  expect(report).toMatch(
    /tunnel left the nodes as follows:\n {2}changed +wk-1\n {2}reverted +ms-1\n {2}unchanged +wk-2\n/,
  );
  expect(report).not.toContain('UNDER WAY');
  expect(report).not.toContain('STILL GUARDED');
  expect(summary(record, { paint: PLAIN })).toContain('REVERTED at tunnel');
});

it('lists what could not be reverted, and which node’s change it was', () => {
  const failed = { ...reverted, earlier: 'run-1', failed: ['unit x: start'] } as RunEvent;
  const report = stopReport(recordOf([started('apply'), failed, ended(0, 0)]), PLAIN);
  expect(report).toContain(
    'the change of run run-1 was reverted by the node itself: 1 item; 1 item NOT reverted',
  );
  expect(report).toContain('  NOT reverted: unit x: start');
});

it('reports after an interruption what is in progress and which nodes are still guarded', () => {
  const interrupted: ReportedError = { code: 'E_INTERRUPTED', message: 'interrupted', node: NODE };
  const events: RunEvent[] = [
    started('apply'),
    armed,
    begun,
    { type: 'step-failed', phase: 'tunnel', step: 'tunnel.step-1', node: NODE, error: interrupted },
    ended(130, 0, [interrupted]),
  ];
  const report = stopReport(recordOf(events), PLAIN);
  expect(report).toMatch(/STILL GUARDED .*\n {2}ms-1: tunnel\n/);
  expect(report).toMatch(/UNDER WAY .*\n {2}ms-1: tunnel: add peer wk-2\n/);
});

it('shows the guard of a node in its row of the tree', () => {
  const [first, ...rest] = FIRED;
  if (first?.type !== 'run-started') throw new Error('a run begins with run-started');
  const tree = new TreeState(first);
  const titles: string[] = [];
  for (const event of rest) {
    tree.apply(event);
    titles.push(tree.rows.find(({ key }) => key === `phase tunnel node ${NODE}`)?.text ?? '');
  }
  expect(titles).toEqual(
    expect.arrayContaining([
      'guarded, reverts in 90 s unless confirmed',
      'no new login; it reverts this within 55 s',
      'reverted by the node itself: 1 item',
    ]),
  );
});
