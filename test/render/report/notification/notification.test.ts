import { readFileSync } from 'node:fs';
import { BridgeheadError, InputError } from '../../../../src/core/errors.js';
import { accepts } from '../../../../src/document/index.js';
import { notificationOf, type Outcome } from '../../../../src/render/report/notification/notification.js';
import { notificationSchema } from '../../../../src/render/report/notification/schema.js';
import type { StampedEvent } from '../../../../src/runner/events/events.js';
import { ended, GO_RUN, PLAN_RUN, read, STOP_RUN, stamp, started } from '../../../support/events.js';
import { EVERY_RUN } from '../../../support/report-events.js';

const SCHEMA = notificationSchema();
const of = (events: readonly StampedEvent[], outcome: Outcome) => notificationOf(events, outcome);
const NO_CHANGES = stamp([started('plan'), ...read(), ended(0, 0)]);

it.each([
  ['a plan with changes', PLAN_RUN, { command: 'plan', exit: 0 }, 'drift'],
  ['a plan with changes and --exit-code', PLAN_RUN, { command: 'plan', exit: 10 }, 'drift'],
  ['a plan without changes', NO_CHANGES, { command: 'plan', exit: 0 }, 'go'],
  ['an apply that was GO', GO_RUN, { command: 'apply', exit: 0 }, 'go'],
  ['a STOP', STOP_RUN, { command: 'apply', exit: 3 }, 'stop'],
  ['a node that is down', STOP_RUN, { command: 'apply', exit: 4 }, 'failure'],
] as const)('of %s', (_what, events, outcome, event) => {
  expect(of(events, outcome)?.event).toBe(event);
});

it('says in one line what came of the run, and in fields what a program needs', () => {
  expect(of(PLAN_RUN, { command: 'plan', exit: 10 })).toMatchObject({
    format: 1,
    text: 'home: DRIFT: 2 changes on 2 nodes in 2.1 s',
    run: '20260101-120000-abc123',
    verdict: 'PLAN',
    planned: [
      { node: 'ctb-edge-1', changes: ['add peer wk-2'] },
      { node: 'ms-1', changes: ['write /etc/wireguard/wg0.conf and restart wg0'] },
    ],
    reasons: [],
  });
  expect(of(STOP_RUN, { command: 'apply', exit: 3 })).toMatchObject({
    text: expect.stringMatching(/^home: STOP at verify \/ ping every pair: 3 gates GO/),
    where: 'verify / ping every pair',
    reasons: [
      {
        kind: 'stop',
        nodes: ['ctb-edge-1'],
        message: '11 of 12 pairs answer',
        fixes: ['check the forward of UDP 51821 on the router of home'],
      },
    ],
  });
});

it('has no diff and no evidence, which are long', () => {
  for (const [, events] of EVERY_RUN) {
    const text = JSON.stringify(of(events, { command: 'apply', exit: 7 }));
    expect(text).not.toMatch(/"(?:diff|evidence|findings)"/);
  }
});

it('has what is wrong in the files if there was no run', () => {
  const error = new InputError([
    { file: 'home.yaml', line: 3, column: 5, path: 'nodes.a', message: 'unknown key', fix: 'remove it' },
  ]);
  expect(of([], { command: 'plan', exit: 2, error })).toEqual({
    format: 1,
    event: 'failure',
    text: 'plan failed: home.yaml:3:5: nodes.a: unknown key',
    command: 'plan',
    exit: 2,
    reasons: [
      {
        kind: 'failed',
        title: 'home.yaml:3:5',
        nodes: [],
        code: 'E_INPUT',
        message: 'nodes.a: unknown key',
        fixes: ['remove it'],
      },
    ],
  });
});

it('has no secret that an error quotes', () => {
  const error = new BridgeheadError('E_STEP', 'cannot log in with password: hunter2hunter2');
  const text = JSON.stringify(of([], { command: 'apply', exit: 7, error }));
  expect(text).toContain('[redacted]');
  expect(text).not.toContain('hunter2');
});

it('has no text that is longer than a receiver wants', () => {
  const error = new BridgeheadError('E_STEP', 'x'.repeat(5000));
  const { text = '', reasons = [] } = of([], { command: 'apply', exit: 7, error }) ?? {};
  expect([text.length, reasons[0]?.message.length]).toEqual([1000, 1000]);
});

it('says so if there was nothing to do', () => {
  expect(of([], { command: 'apply', exit: 0 })).toMatchObject({ event: 'go', text: 'apply: nothing to do' });
});

it.each(EVERY_RUN)('matches its schema: %j', (_what, events) => {
  for (const command of ['plan', 'apply'] as const) {
    const notification: unknown = JSON.parse(JSON.stringify(of(events, { command, exit: 3 })));
    expect(accepts(notification, SCHEMA)).toBe(true);
  }
  expect(accepts({ format: 1 }, SCHEMA)).toBe(false);
});

it('has its schema in schemas/', () => {
  const published: unknown = JSON.parse(readFileSync('schemas/notification.schema.json', 'utf8'));
  expect(published).toEqual(JSON.parse(JSON.stringify(SCHEMA)));
});
