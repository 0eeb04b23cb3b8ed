import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'fast-string-width';
import { createPaint, type Paint } from '../../../../src/render/colour.js';
import { TreeState } from '../../../../src/render/live/tree/state.js';
import { treeLines } from '../../../../src/render/live/tree/view.js';
import type { RunEvent } from '../../../../src/runner/events/events.js';
import { ADD_PEER, gate, NODES, planned, RESTART, read, started } from '../../../support/events.js';
import { PLAIN } from '../../helpers.js';

type Started = Extract<RunEvent, { type: 'run-started' }>;

const SECOND = 1000;

/** The tree after events that came a second apart, two seconds after the last. */
function treeOf(
  events: readonly RunEvent[],
  { nodes = NODES as readonly string[], width = 80, height = 24, paint = PLAIN as Paint } = {},
): string[] {
  const state = new TreeState(started('apply', nodes) as Started, 0);
  for (const [index, event] of events.entries()) state.apply(event, (index + 1) * SECOND);
  const now = (events.length + 2) * SECOND;
  return treeLines(state.rows, { width, height, now, spin: '/' }, paint);
}

const change = (node: string, summary: string) => ({ phase: 'tunnel', step: 'tunnel.step-1', node, summary });
const failed = (node: string): RunEvent => ({
  type: 'step-failed',
  ...change(node, ''),
  error: { code: 'E_DISK_FULL', message: 'no space left' },
});
const KERNEL: readonly RunEvent[] = [
  { type: 'phase-started', phase: 'kernel' },
  ...gate('kernel', 'sysctl values', '8 of 8 values are in force'),
  { type: 'phase-ended', phase: 'kernel', outcome: 'go', changes: 0 },
  { type: 'phase-started', phase: 'tunnel' },
];
const CHANGES: readonly RunEvent[] = [
  ...read(),
  ...KERNEL,
  planned('tunnel', 'wireguard wg0', 'ctb-edge-1', [ADD_PEER, RESTART, ADD_PEER]),
  { type: 'change-started', ...change('ctb-edge-1', 'add peer wk-2') },
  { type: 'change-done', ...change('ctb-edge-1', 'add peer wk-2'), ms: 340 },
  { type: 'change-started', ...change('ctb-edge-1', 'write /etc/wireguard/wg0.conf') },
  { type: 'guard-armed', phase: 'tunnel', node: 'ms-1', seconds: 90 },
  failed('wk-1'),
];

it('shows the step in progress of each node under the running phase, and the time of what is over', () => {
  expect(treeOf(CHANGES)).toEqual([
    '✔ read    4 of 4 nodes                                                   12.0 s',
    '✔ kernel  0 changes, 1 gate GO                                            3.0 s',
    '/ tunnel  configs and peers                                                 8 s',
    '  / ctb-edge-1  2/3 write /etc/wireguard/wg0.conf                           4 s',
    '  / ms-1        guarded, reverts in 90 s unless confirmed                   3 s',
    '  ✖ wk-1        no space left',
    '    wk-2',
    '       listener',
    '       handshake',
    '  verify',
  ]);
});

it('sets gates apart, as GO or STOP', () => {
  const [begun, ended] = gate('tunnel', 'handshake', '11 of 12 handshakes fresh', [
    { go: false, node: 'ms-1', peer: 'wk-1', expected: '', seen: '' },
  ]) as [RunEvent, RunEvent];
  const listener = gate('tunnel', 'listener', '4 of 4 nodes listen');
  const tail = (events: readonly RunEvent[]) => treeOf([...read(), ...KERNEL, ...events]).slice(3, -1);
  const nodes = [
    '  ✔ ctb-edge-1  nothing to change',
    '  ✔ ms-1        nothing to change',
    '  ✔ wk-1        nothing to change',
    '  ✔ wk-2        nothing to change',
  ];
  expect(tail([...listener, begun])).toEqual([
    ...nodes,
    '  GO   listener   4 of 4 nodes listen',
    '  /    handshake                                                            2 s',
  ]);
  expect(tail([...listener, begun, ended]).slice(4)).toEqual([
    '  GO   listener   4 of 4 nodes listen',
    '  STOP handshake  11 of 12 handshakes fresh',
  ]);
});

const many = Array.from({ length: 100 }, (_, index) => `node-${index + 1}`);
const busy: readonly RunEvent[] = [
  ...read(many),
  ...KERNEL,
  ...many
    .slice(0, 40)
    .map((node): RunEvent => ({ type: 'change-started', ...change(node, 'install wireguard-tools') })),
  ...['node-7', 'node-9'].map((node): RunEvent => ({ type: 'change-started', ...change(node, 'start wg0') })),
  failed('node-3'),
];

it('folds nodes in the same state if there are more nodes than lines', () => {
  expect(treeOf(busy, { nodes: many }).slice(2)).toEqual([
    '/ tunnel  configs and peers                                                45 s',
    '  ✖ node-3          no space left',
    '  / 37 nodes        install wireguard-tools                                44 s',
    '  / node-7, node-9  start wg0                                               4 s',
    '    60 nodes',
    '       listener',
    '       handshake',
    '  verify',
  ]);
});

it('never grows beyond the terminal: what is left over is counted', () => {
  const loud = many.map(
    (node, index): RunEvent => ({ type: 'change-started', ...change(node, `step ${index}`) }),
  );
  const lines = treeOf([...busy, ...loud], { nodes: many, height: 12 });
  expect(lines.length).toBeLessThan(12);
  expect(lines.slice(3, 8)).toEqual([
    '  / node-1         step 0                                            1 min 41 s',
    '  / node-2         step 1                                            1 min 40 s',
    '  / node-3         step 2                                            1 min 39 s',
    '  / node-4         step 3                                            1 min 38 s',
    '    96 more nodes  96 at work',
  ]);
});

it('is cut to a narrow terminal, and coloured without a difference in its text', () => {
  const narrow = treeOf(CHANGES, { width: 40 });
  expect(narrow.slice(2, 6)).toEqual([
    '/ tunnel  configs and peers         8 s',
    '  / ctb-edge-1  2/3 write /etc/wi…  4 s',
    '  / ms-1        guarded, reverts …  3 s',
    '  ✖ wk-1        no space left',
  ]);
  const coloured = treeOf(CHANGES, { width: 40, paint: createPaint(true) });
  expect(coloured.map(stripVTControlCharacters)).toEqual(narrow);
  expect(coloured[5]).toContain('\u001b[31m✖\u001b[39m');
  expect(Math.max(...narrow.map((line) => stringWidth(line)))).toBeLessThan(40);
});
