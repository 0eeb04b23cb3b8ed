import { planText } from '../../../src/render/plan/plan-text.js';
import type { PlannedChange, RunEvent } from '../../../src/runner/events/events.js';
import { ADD_PEER, planned, RESTART, read, started } from '../../support/events.js';
import { PLAIN, recordOf } from '../helpers.js';

const nodes = (number: number) => Array.from({ length: number }, (_, index) => `n${index + 1}`);
const SYSCTL: PlannedChange = {
  summary: 'write /etc/sysctl.d/99-mesh.conf',
  disruption: { level: 'none' },
  diff: [
    '--- /etc/sysctl.d/99-mesh.conf',
    '+++ /etc/sysctl.d/99-mesh.conf',
    '+net.ipv4.conf.all.rp_filter = 2',
    '+net.ipv4.conf.default.rp_filter = 2',
  ].join('\n'),
};
const config = (node: string, lines: number): PlannedChange => ({
  summary: 'write /etc/wireguard/wg0.conf',
  disruption: { level: 'none' },
  diff: ['+[Interface]', `+Address = ${node}`, ...nodes(lines).map((name) => `+# ${name}`)].join('\n'),
});

const textOf = (all: readonly string[], steps: readonly RunEvent[]) =>
  planText(recordOf([started('plan', all), ...read(all), ...steps]), { paint: PLAIN, width: 80, full: false })
    .trimEnd()
    .split('\n');

it('shows once what is the same on several nodes, the longest last, without repeating the name of the file', () => {
  const all = ['ms-1', 'wk-1', 'wk-2'];
  expect(
    textOf(
      all,
      all.map((node) => planned('kernel', 'step', node, [SYSCTL, ADD_PEER])),
    ),
  ).toEqual([
    'kernel',
    '  ms-1, wk-1, wk-2',
    '    ~ add peer wk-2',
    '    ~ write /etc/sysctl.d/99-mesh.conf',
    '        +net.ipv4.conf.all.rp_filter = 2',
    '        +net.ipv4.conf.default.rp_filter = 2',
    '',
    'Plan: 6 changes on 3 nodes; no session is cut',
  ]);
});

it('keeps apart what only some nodes have', () => {
  const steps = [
    planned('kernel', 'step', 'ms-1', [SYSCTL, ADD_PEER]),
    planned('kernel', 'step', 'wk-1', [SYSCTL]),
  ];
  expect(textOf(['ms-1', 'wk-1'], steps).slice(0, 6)).toEqual([
    'kernel',
    '  ms-1',
    '    ~ add peer wk-2',
    '  ms-1, wk-1',
    '    ~ write /etc/sysctl.d/99-mesh.conf',
    '        +net.ipv4.conf.all.rp_filter = 2',
  ]);
});

it('keeps two changes with the same words of one node', () => {
  const twice = textOf(['ms-1'], [planned('kernel', 'step', 'ms-1', [ADD_PEER, ADD_PEER])]);
  expect(twice.filter((line) => line === '    ~ add peer wk-2')).toHaveLength(2);
});

it('says by how much contents differ, and shows the beginning of one', () => {
  const steps = ['ms-1', 'wk-1'].map((node) => planned('tunnel', 'step', node, [config(node, 20)]));
  expect(textOf(['ms-1', 'wk-1'], steps)).toEqual([
    'tunnel',
    '  ms-1, wk-1',
    '    ~ write /etc/wireguard/wg0.conf',
    '        up to 1 of 22 lines differ by node; on ms-1:',
    '        +[Interface]',
    '        +Address = ms-1',
    ...nodes(6).map((name) => `        +# ${name}`),
    '        … 14 more lines: plan --full shows them',
    '',
    'Plan: 2 changes on 2 nodes; no session is cut',
  ]);
});

it('names the nodes that a change affects, if it affects them differently', () => {
  const calm = { ...RESTART, disruption: { level: 'none' } } as const;
  const outage = { ...RESTART, disruption: { level: 'outage', detail: 'reboots' } } as const;
  const steps = [RESTART, calm, outage, RESTART].map((change, index) =>
    planned('tunnel', 'step', `n${index + 1}`, [change]),
  );
  expect(textOf(nodes(4), steps).slice(0, 5)).toEqual([
    'tunnel',
    '  n1, n2, n3, n4',
    '    ~ write /etc/wireguard/wg0.conf and restart wg0',
    '      n1, n4: (restarts wg0: about 1 s)',
    '      n3: (reboots)',
  ]);
});

it('names many nodes by their number, by those left out, or one by one in lines of 80 columns', () => {
  const headOf = (some: readonly string[]) =>
    textOf(
      nodes(40),
      some.map((node) => planned('kernel', 'step', node, [ADD_PEER])),
    ).filter((line) => /^ {2}\S/.test(line));
  expect(headOf(nodes(40))).toEqual(['  all 40 nodes']);
  expect(headOf(nodes(38))).toEqual(['  all 40 nodes but n39, n40']);
  const listed = headOf(nodes(30));
  expect(listed.join('').split(',')).toHaveLength(30);
  expect(Math.max(...listed.map((line) => line.length))).toBeLessThanOrEqual(80);
});

it('has one screen for 16 nodes: a new network on them, and a file that all get', () => {
  const all = nodes(16);
  const install = { ...ADD_PEER, summary: 'install wireguard-tools' };
  const steps = all.flatMap((node) => [
    planned('kernel', 'packages', node, [install]),
    planned('kernel', 'sysctl', node, [SYSCTL]),
    planned('tunnel', 'wireguard wg0', node, [config(node, 90)]),
  ]);
  expect(textOf(all, steps).length).toBeLessThan(40);
});
