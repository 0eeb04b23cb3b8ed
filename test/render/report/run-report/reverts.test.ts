import { reportOf } from '../../../../src/render/report/run-report/run-report.js';
import type { PlannedChange, RunEvent } from '../../../../src/runner/events/events.js';
import { stamp, started } from '../../../support/events.js';

const ON = { phase: 'tunnel', node: 'ms-1' } as const;
const CHANGES: Readonly<Record<string, PlannedChange>> = {
  package: { summary: 'install nftables', disruption: { level: 'none' }, stays: true },
  file: { summary: 'write /etc/x', disruption: { level: 'none' } },
  config: { summary: 'write wg0.conf', disruption: { level: 'none' } },
};

const changesOf = (step: string): PlannedChange[] =>
  Object.entries(CHANGES).flatMap(([name, change]) => (name === step ? [change] : []));
const plan = (...steps: string[]): RunEvent[] =>
  steps.map((step) => ({ type: 'step-planned', ...ON, step, name: step, changes: changesOf(step) }));
const make = (...steps: string[]): RunEvent[] =>
  steps.flatMap((step): RunEvent[] =>
    changesOf(step).flatMap(({ summary }): RunEvent[] => [
      { type: 'change-started', ...ON, step, summary },
      { type: 'change-done', ...ON, step, summary, ms: 1 },
    ]),
  );
const armed: RunEvent = { type: 'guard-armed', ...ON, seconds: 90 };
const confirmed: RunEvent = { type: 'guard-confirmed', ...ON, ms: 1 };
const reverted = (failed: readonly string[] = []): RunEvent => ({
  type: 'guard-reverted',
  ...ON,
  by: 'run',
  reverted: ['x'],
  failed,
});

/** How each step of the run ended, and each of its changes. */
function endsOf(...events: readonly RunEvent[]): Record<string, string> {
  const steps = reportOf(stamp([started('apply'), ...events])).phases[1]?.steps ?? [];
  return Object.fromEntries(
    steps.map(({ step, state, changes }) => {
      const ends = changes.map((change) => (change.reverted ? 'reverted' : change.made ? 'made' : 'not'));
      return [step, `${state}: ${ends.join(', ')}`];
    }),
  );
}

it.each<[string, RunEvent[], Record<string, string>]>([
  [
    'what was made before a guard was armed is still there after it has reverted',
    [...plan('file', 'config'), ...make('file'), armed, ...make('config'), reverted()],
    { file: 'changed: made', config: 'reverted: reverted' },
  ],
  [
    'until the run reverts that, too',
    [...plan('file', 'config'), ...make('file'), armed, ...make('config'), reverted(), reverted()],
    { file: 'reverted: reverted', config: 'reverted: reverted' },
  ],
  [
    'a package stays installed',
    [...plan('package', 'config'), ...make('package'), armed, ...make('config'), reverted(), reverted()],
    { package: 'changed: made', config: 'reverted: reverted' },
  ],
  [
    'what an earlier round had confirmed stays when a later round is reverted',
    [...plan('file', 'config'), armed, ...make('file'), confirmed, armed, ...make('config'), reverted()],
    { file: 'changed: made', config: 'reverted: reverted' },
  ],
  [
    'a phase that was confirmed is reverted as a whole',
    [...plan('file', 'config'), ...make('file'), armed, ...make('config'), confirmed, reverted()],
    { file: 'reverted: reverted', config: 'reverted: reverted' },
  ],
  [
    'nothing is called reverted when not everything could be',
    [...plan('file', 'config'), ...make('file'), armed, ...make('config'), reverted(['wg0'])],
    { file: 'changed: made', config: 'unfinished: made' },
  ],
  [
    'a change that was not begun is as planned',
    [...plan('file', 'config'), armed, ...make('file'), reverted()],
    { file: 'reverted: reverted', config: 'planned: not' },
  ],
])('%s', (_what, events, expected) => {
  expect(endsOf(...events)).toEqual(expected);
});
