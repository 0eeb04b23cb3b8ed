import { reportOf } from '../../../../src/render/report/run-report/run-report.js';
import {
  DECLINED_RUN,
  FAILED_RUN,
  GO_RUN,
  LOST_PAIR,
  PLAN_RUN,
  RELIED_RUN,
  STOP_RUN,
  stamp,
  UNREACHABLE_RUN,
} from '../../../support/events.js';
import { HOSTILE, hostileRun, pairRun } from '../../../support/report-events.js';

it('has the verdict of a GO, what it changed, and when', () => {
  const report = reportOf(GO_RUN);
  expect(report).toMatchObject({
    format: 1,
    run: '20260101-120000-abc123',
    command: 'apply',
    startedAt: '2026-01-01T12:00:00.000Z',
    ms: 2130,
    exit: 0,
    verdict: 'GO',
    summary: '3 phases, 4 gates GO, 2 changes in 2.1 s',
    reasons: [],
    changes: { planned: 2, made: 2 },
    disruption: 'restarts wg0: about 1 s (ms-1)',
  });
  expect(report.where).toBeUndefined();
  expect(report.nodes[0]).toEqual({ name: 'ctb-edge-1', leftOut: false, connectedMs: 210, readMs: 1400 });
});

it('has each step on each node with how it ended', () => {
  const [, tunnel] = reportOf(GO_RUN).phases;
  expect(tunnel?.steps.map(({ node, state }) => [node, state])).toEqual([
    ['ctb-edge-1', 'changed'],
    ['ms-1', 'changed'],
    ['wk-1', 'skipped'],
    ['wk-2', 'satisfied'],
  ]);
  expect(tunnel?.steps[1]?.changes).toEqual([expect.objectContaining({ made: true, ms: 340 })]);
});

it('has the gate that stopped it, with the evidence and the fix', () => {
  const report = reportOf(STOP_RUN);
  expect(report).toMatchObject({ verdict: 'STOP', where: 'verify / ping every pair' });
  expect(report.reasons).toEqual([
    {
      kind: 'stop',
      title: 'verify / ping every pair',
      nodes: ['ctb-edge-1'],
      message: '11 of 12 pairs answer',
      fixes: [LOST_PAIR.fix],
      findings: [LOST_PAIR],
      evidence: [],
    },
  ]);
});

it('has a failed step once, with what its program printed', () => {
  const report = reportOf(FAILED_RUN);
  expect(report.verdict).toBe('FAILED');
  expect(report.reasons).toEqual([
    expect.objectContaining({
      kind: 'failed',
      title: 'ms-1 / tunnel / wireguard wg0',
      nodes: ['ms-1'],
      code: 'E_DISK_FULL',
      evidence: ['sh: write error: No space left on device'],
    }),
  ]);
  const states = report.phases[1]?.steps.map(({ node, state }) => [node, state]);
  expect(states).toContainEqual(['ms-1', 'failed']);
  expect(report.phases.map(({ outcome }) => outcome)).toEqual(['go', 'failed', 'not-reached']);
  expect(report.phases[2]?.unmeasured).toEqual(['ping every pair']);
});

it('has the node that could not be reached', () => {
  const report = reportOf(UNREACHABLE_RUN);
  expect(report.verdict).toBe('UNREACHABLE');
  expect(report.nodes[3]).toMatchObject({ name: 'wk-2', error: { code: 'E_SSH_REFUSED' } });
});

it('has the phases that were relied on', () => {
  expect(reportOf(RELIED_RUN).phases.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['kernel', 'relied-on'],
    ['tunnel', 'relied-on'],
    ['verify', 'go'],
  ]);
});

it('has a plan as planned', () => {
  const report = reportOf(PLAN_RUN);
  expect(report).toMatchObject({
    verdict: 'PLAN',
    summary: '2 changes on 2 nodes in 2.1 s',
    changes: { planned: 2, made: 0 },
  });
  expect(report.phases[1]?.steps.map(({ state }) => state)).toEqual(['planned', 'planned']);
});

it('does not call an apply GO that was declined', () => {
  const report = reportOf(DECLINED_RUN);
  expect(report).toMatchObject({
    exit: 0,
    verdict: 'DECLINED',
    summary: '2 changes on 2 nodes planned, none made; the plan was declined',
    changes: { planned: 2, made: 0 },
  });
  expect(report.where).toBeUndefined();
  expect(report.phases.map(({ outcome }) => outcome)).toEqual(['not-reached', 'not-reached', 'not-reached']);
});

it('has a run whose journal ends early as unfinished, up to there', () => {
  const report = reportOf(GO_RUN.slice(0, 25));
  expect(report).toMatchObject({ verdict: 'UNFINISHED', endedAt: GO_RUN[24]?.at });
  expect(report.exit).toBeUndefined();
  expect(report.phases.map(({ outcome }) => outcome)).toEqual(['go', 'unfinished', 'not-reached']);
});

it('has changes that were reverted as reverted', () => {
  const events = pairRun().slice(0, -2);
  const report = reportOf(
    stamp([
      ...events,
      { type: 'guard-reverted', phase: 'tunnel', node: 'ms-1', by: 'node', reverted: ['x'], failed: [] },
    ]),
  );
  expect(report.phases[1]?.steps[0]).toMatchObject({
    state: 'reverted',
    changes: [{ made: false, reverted: true }],
  });
  expect(report.reasons[0]).toMatchObject({ kind: 'reverted', evidence: ['x'] });
});

it('has the pairs and the network', () => {
  const { pairs, overview } = reportOf(pairRun(['ms-1 wk-1']));
  expect(pairs.map(({ title, cells }) => [title, cells.length])).toEqual([
    ['handshake', 12],
    ['ping every pair', 12],
  ]);
  expect(overview?.sites.map(({ name }) => name)).toEqual(['home']);
});

it.each(HOSTILE)('lets %j control no terminal', (text) => {
  const all = JSON.stringify(reportOf(hostileRun(text)));
  expect(all).not.toMatch(/\\u001b|\\u0000|\\b|[\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
});
