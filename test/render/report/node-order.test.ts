import { reportOf } from '../../../src/render/report/run-report/run-report.js';
import { stopReport } from '../../../src/render/report/stop-report.js';
import { verdict } from '../../../src/render/report/summary.js';
import type { ReportedError, RunEvent } from '../../../src/runner/events/events.js';
import { ended, NODES, stamp, started } from '../../support/events.js';
import { PLAIN, recordOf } from '../helpers.js';

const errorOf = (node: string): ReportedError => ({
  code: 'E_SSH_REFUSED',
  message: `${node} refuses`,
  evidence: `evidence of ${node}`,
  fix: `mend ${node}`,
});

const BEFALLS: Readonly<Record<string, (node: string) => RunEvent>> = {
  'is not reached': (node) => ({ type: 'node-failed', node, error: errorOf(node) }),
  'is left out': (node) => ({ type: 'node-left-out', node, error: errorOf(node) }),
  'fails a step': (node) => ({
    type: 'step-failed',
    phase: 'tunnel',
    step: 'tunnel.step-1',
    node,
    error: errorOf(node),
  }),
  'has a change under way': (node) => ({
    type: 'change-started',
    phase: 'tunnel',
    step: 'tunnel.step-1',
    node,
    change: 0,
    summary: `change ${node}`,
  }),
  'is armed': (node) => ({ type: 'guard-armed', phase: 'tunnel', node, seconds: 90 }),
  reverts: (node) => ({
    type: 'guard-reverted',
    phase: 'tunnel',
    node,
    by: 'node',
    reverted: [`file of ${node}`],
    failed: [],
  }),
  'cannot prove its boot': (node) => ({
    type: 'boot-unproven',
    phase: 'tunnel',
    node,
    notes: [`note of ${node}`],
  }),
};

const pagesOf = (what: (node: string) => RunEvent, nodes: readonly string[]) => {
  const events = [started('apply'), ...nodes.map(what), ended(4, 0)];
  const { reasons, summary } = reportOf(stamp(events));
  return {
    reasons,
    summary,
    text: stopReport(recordOf(events), PLAIN),
    verdict: verdict(recordOf(events), PLAIN),
  };
};

describe.each(Object.entries(BEFALLS))('a node that %s', (_, what) => {
  it('is reported where the inventory has it, whichever node was first', () => {
    const expected = pagesOf(what, NODES);
    expect(expected.reasons).not.toEqual([]);
    expect(pagesOf(what, NODES.toReversed())).toEqual(expected);
    expect(pagesOf(what, [...NODES.slice(2), ...NODES.slice(0, 2)])).toEqual(expected);
  });
});

it('what no node of the run is the cause of comes last', () => {
  const errors: ReportedError[] = [
    { code: 'E_LOCKED', message: 'of the run' },
    { code: 'E_SSH_REFUSED', message: 'of a node', node: 'wk-2' },
  ];
  const titles = reportOf(stamp([started('apply'), ended(4, 0, errors)])).reasons.map(
    ({ message }) => message,
  );
  expect(titles).toEqual(['of a node', 'of the run']);
});
