import { createPaint } from '../../../src/render/colour.js';
import { planLine, planText } from '../../../src/render/plan/plan-text.js';
import { planQuestion } from '../../../src/render/plan/retired.js';
import type { RunRecord } from '../../../src/render/report/record.js';
import { ADD_PEER, ended, NODES, PLAN_RUN, planned, RESTART, read, started } from '../../support/events.js';
import { PLAIN, recordOf } from '../helpers.js';

const textOf = (record: RunRecord, leaving?: string): string =>
  planText(record, { paint: PLAIN, width: 80, full: false, leaving });

it('shows per phase and node each change, what it disrupts, and its diff', () => {
  expect(textOf(recordOf(PLAN_RUN))).toBe(
    [
      'tunnel',
      '  ctb-edge-1',
      '    ~ add peer wk-2',
      '  ms-1',
      '    ~ write /etc/wireguard/wg0.conf and restart wg0  (restarts wg0: about 1 s)',
      '         [Interface]',
      '        -MTU = 1500',
      '        +MTU = 1420',
      '',
      'Plan: 2 changes on 2 nodes; restarts wg0: about 1 s (ms-1)',
      '',
    ].join('\n'),
  );
});

it('names first, and in the question, which networks are retired and where', () => {
  const retire = { ...RESTART, summary: 'stop wg1', retires: 'office' };
  const record = recordOf([
    started('apply'),
    ...read(),
    planned('tunnel', 'retire', 'wk-1', [retire, { ...retire, summary: 'move its keys' }]),
    planned('tunnel', 'retire', 'wk-2', [retire]),
    planned('tunnel', 'peers', 'ms-1', [ADD_PEER]),
  ]);
  expect(textOf(record).split('\n').slice(0, 5)).toEqual([
    'Retires network office on wk-1, wk-2: it is removed there for good; its keys are',
    'moved to /etc/wireguard/.retired. If that is not what you want, this inventory',
    'is out of date, or it is another one of the same name.',
    '',
    'tunnel',
  ]);
  expect(planQuestion(record)).toBe('Apply this plan, which retires network office on wk-1, wk-2?');
  expect(planQuestion(record, 'wk-1')).toBe('Apply this plan, which retires network office on wk-2?');
  const leaves = recordOf([started('apply'), ...read(), planned('tunnel', 'retire', 'wk-1', [retire])]);
  expect(textOf(leaves, 'wk-1')).not.toContain('Retires');
  expect(planQuestion(recordOf(PLAN_RUN))).toBe('Apply this plan?');
});

it('colours what is added and removed', () => {
  const text = planText(recordOf(PLAN_RUN), { paint: createPaint(true), width: 80, full: false });
  expect(text).toContain('\u001b[31m-MTU = 1500\u001b[39m');
  expect(text).toContain('\u001b[32m+MTU = 1420\u001b[39m');
});

describe('on a narrow terminal', () => {
  const summary =
    'load table inet bridgehead_wg0: net.ipv4.ip_forward is 0; the table is missing; it is not loaded at boot';
  const record = recordOf([
    started('plan'),
    ...read(),
    planned('kernel', 'forwarding', 'ms-1', [
      { ...RESTART, summary },
      { summary: 'write /etc/sysctl.d/99-bridgehead-forwarding-wg0.conf', disruption: { level: 'none' } },
    ]),
  ]);
  const at = (width: number) => planText(record, { paint: PLAIN, width, full: false });

  it('breaks at words, and indents what follows', () => {
    expect(at(80)).toBe(
      `kernel
  ms-1
    ~ write /etc/sysctl.d/99-bridgehead-forwarding-wg0.conf
    ~ load table inet bridgehead_wg0: net.ipv4.ip_forward is 0; the table is
      missing; it is not loaded at boot (restarts wg0: about 1 s)
         [Interface]
        -MTU = 1500
        +MTU = 1420

Plan: 2 changes on 1 node; restarts wg0: about 1 s (ms-1)
`,
    );
  });
  it('breaks a path that is longer than a line after a slash', () => {
    expect(at(40)).toBe(
      `kernel
  ms-1
    ~ write /etc/sysctl.d/
      99-bridgehead-forwarding-wg0.conf
    ~ load table inet bridgehead_wg0:
      net.ipv4.ip_forward is 0; the
      table is missing; it is not loaded
      at boot (restarts wg0: about 1 s)
         [Interface]
        -MTU = 1500
        +MTU = 1420

Plan: 2 changes on 1 node; restarts wg0:
  about 1 s (ms-1)
`,
    );
  });
});

describe('planLine', () => {
  const line = (...steps: Parameters<typeof planned>[]) =>
    planLine(
      recordOf([started('plan'), ...read(), ...steps.map((step) => planned(...step)), ended(0, 0)]),
      PLAIN,
    );

  it('says that nothing is to change', () => {
    expect(line()).toBe('Nothing to change: 4 nodes are as wanted');
  });
  it('says that no session is cut', () => {
    expect(line(['tunnel', 's', 'wk-1', [ADD_PEER]])).toBe('Plan: 1 change on 1 node; no session is cut');
  });
  it('counts nodes that are disrupted alike', () => {
    expect(line(...NODES.map((node) => ['tunnel', 's', node, [RESTART]] as Parameters<typeof planned>))).toBe(
      'Plan: 4 changes on 4 nodes; restarts wg0: about 1 s (4 nodes)',
    );
  });
  const cut = (detail: string, level: 'brief' | 'outage' = 'brief') => ({
    ...RESTART,
    disruption: { level, detail },
  });
  const brief = ['a', 'b', 'c', 'd'].map((detail) => cut(detail));
  it('names every cut while they are few', () => {
    expect(line(['tunnel', 's', 'wk-1', brief])).toBe(
      'Plan: 4 changes on 1 node; a (wk-1), b (wk-1), c (wk-1), d (wk-1)',
    );
  });
  it('names the worst of many, and says how bad the rest is and where to find it', () => {
    const rest = 'more brief cuts, listed with their changes';
    expect(line(['tunnel', 's', 'wk-1', [...brief, cut('e')]])).toBe(
      `Plan: 5 changes on 1 node; a (wk-1), b (wk-1), c (wk-1), and 2 ${rest}`,
    );
    expect(line(['tunnel', 's', 'wk-1', [...brief, cut('reboots', 'outage')]])).toBe(
      `Plan: 5 changes on 1 node; reboots (wk-1), a (wk-1), b (wk-1), and 2 ${rest}`,
    );
  });
  it('does not call a network as wanted that it could not read', () => {
    const error = { code: 'E_SSH_REFUSED', message: 'refused' } as const;
    const record = recordOf([started('plan'), { type: 'node-failed', node: 'wk-2', error }]);
    expect(planLine(record, PLAIN)).toBe('No plan: some nodes could not be read');
  });

  const error = { code: 'E_SSH_REFUSED', message: 'refused' } as const;
  const leftOut = (node: string) => ({ type: 'node-left-out', node, error }) as const;
  it.each<[string, Parameters<typeof recordOf>[0], string]>([
    ['did not end', [started('plan')], 'No plan: the run did not end'],
    [
      'was interrupted',
      [started('plan'), ended(130, 0, [{ code: 'E_INTERRUPTED', message: 'interrupted' }])],
      'No plan: the run was interrupted',
    ],
    [
      'left a node out',
      [started('plan'), leftOut('wk-2'), ended(0, 0)],
      'Nothing to change: 3 nodes are as wanted; without wk-2',
    ],
    [
      'left all nodes out',
      [started('plan'), ...NODES.map(leftOut), ended(4, 0)],
      'No plan: no node could be read',
    ],
    ['is an apply that asks', [started('apply'), ...read()], 'Nothing to change: 4 nodes are as wanted'],
  ])('says of a run that %s what is known', (_what, events, expected) => {
    expect(planLine(recordOf(events), PLAIN)).toBe(expected);
  });
});
