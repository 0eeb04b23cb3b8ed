import { TreeState } from '../../../../src/render/live/tree/state.js';
import type { RunEvent, StampedEvent } from '../../../../src/runner/events/events.js';
import {
  ADD_PEER,
  FAILED_RUN,
  GO_RUN,
  PLAN_RUN,
  planned,
  RESTART,
  STOP_RUN,
  started,
  UNCHANGED_RUN,
  UNREACHABLE_RUN,
} from '../../../support/events.js';

type Started = Extract<RunEvent, { type: 'run-started' }>;

function stateAfter(events: readonly StampedEvent[], isLast: (event: RunEvent) => boolean = () => false) {
  const state = new TreeState(events[0] as Started);
  for (const event of events) {
    state.apply(event);
    if (isLast(event)) break;
  }
  const shown = state.rows.map(({ parent, state: is, name, text }) =>
    `${parent === undefined ? '' : '  '}${is} ${name}  ${text}`.trimEnd(),
  );
  return { all: shown, top: shown.filter((line) => !line.startsWith(' ')) };
}

it('says on the rows of nodes that another run holds for whom it waits', () => {
  const waiting = {
    type: 'lock-waiting',
    nodes: ['ms-1'],
    holder: 'run X of ann@laptop (pid 7)',
    seconds: 60,
  } as const;
  const state = new TreeState(GO_RUN[0] as Started);
  const row = () => state.rows.find(({ name, parent }) => name === 'ms-1' && parent !== undefined);
  state.apply({ type: 'node-connected', node: 'ms-1', ms: 1 });
  state.apply(waiting);
  expect(row()).toMatchObject({
    state: 'running',
    text: 'waiting up to 60 s for run X of ann@laptop (pid 7): it holds ms-1',
  });
  state.apply({ type: 'lock-waited', nodes: ['ms-1'], ms: 4000 });
  expect(row()).toMatchObject({ state: 'running', text: 'reading' });
});

it('says on the running phase for whom it waits once all nodes were read', () => {
  const state = new TreeState(GO_RUN[0] as Started);
  const read = GO_RUN.findLastIndex(({ type }) => type === 'node-probed');
  for (const event of GO_RUN.slice(0, read + 1)) state.apply(event);
  state.apply({ type: 'lock-waiting', nodes: ['ms-1'], holder: 'run X', seconds: 60 });
  expect(state.rows.find(({ name }) => name === 'kernel')).toMatchObject({
    state: 'running',
    text: 'waiting up to 60 s for run X: it holds ms-1',
  });
});

it.each([
  [
    'GO',
    GO_RUN,
    [
      'good read  4 of 4 nodes',
      'good kernel  0 changes, 1 gate GO',
      'good tunnel  2 changes, 2 gates GO',
      'good verify  0 changes, 1 gate GO',
    ],
  ],
  [
    'a second apply',
    UNCHANGED_RUN,
    [
      'good read  4 of 4 nodes',
      'good kernel  0 changes, 1 gate GO',
      'good tunnel  0 changes, 1 gate GO',
      'good verify  0 changes, 1 gate GO',
    ],
  ],
  [
    'STOP',
    STOP_RUN,
    [
      'good read  4 of 4 nodes',
      'good kernel  0 changes, 1 gate GO',
      'good tunnel  2 changes, 2 gates GO',
      'bad verify  STOP, 0 changes, 0 gates GO',
    ],
  ],
  [
    'a failed step',
    FAILED_RUN,
    [
      'good read  4 of 4 nodes',
      'good kernel  0 changes, 1 gate GO',
      'bad tunnel  FAILED, 1 change, 0 gates GO',
      'skipped verify  not reached',
    ],
  ],
  [
    'an unreachable node',
    UNREACHABLE_RUN,
    [
      'bad read  3 of 4 nodes',
      'skipped kernel  not reached',
      'skipped tunnel  not reached',
      'skipped verify  not reached',
    ],
  ],
  ['a plan', PLAN_RUN, ['good read  4 of 4 nodes']],
])('ends %s with the state of its phases', (_name, events, top) => {
  expect(stateAfter(events).top).toEqual(top);
});

it('has a row for each node while a phase changes them', () => {
  const { all } = stateAfter(GO_RUN, (event) => event.type === 'change-started' && event.node === 'ms-1');
  expect(all.slice(all.indexOf('running tunnel  configs and peers'))).toEqual([
    'running tunnel  configs and peers',
    '  running ctb-edge-1  add peer wk-2',
    '  running ms-1  write /etc/wireguard/wg0.conf and restart wg0',
    '  waiting wk-1',
    '  waiting wk-2',
    '  waiting listener',
    '  waiting handshake',
    'waiting verify',
    '  waiting ctb-edge-1',
    '  waiting ms-1',
    '  waiting wk-1',
    '  waiting wk-2',
    '  waiting ping every pair',
  ]);
});

it('shows the next phase at work as soon as the nodes are read', () => {
  expect(stateAfter(GO_RUN, (event) => event.type === 'node-probed' && event.node === 'wk-2').top[1]).toBe(
    'running kernel',
  );
});

it('shows a node that is lost while its phase is at work', () => {
  const state = new TreeState(started('apply') as Started);
  const lost = { code: 'E_CONNECTION_LOST', message: 'the connection was lost' } as const;
  for (const event of GO_RUN.slice(1, 25)) state.apply(event);
  state.apply({ type: 'node-failed', node: 'wk-1', error: lost });
  expect(state.rows.find((row) => row.key === 'phase tunnel node wk-1')).toMatchObject({
    state: 'bad',
    text: 'the connection was lost',
  });
});

it('knows how long each took, how far a node is, and since when it is at it', () => {
  const state = new TreeState(started('apply') as Started, 0);
  const rowOf = (key: string) => state.rows.find((row) => row.key === key);
  const change = { phase: 'tunnel', step: 'tunnel.step-1', node: 'ms-1', summary: 'add peer wk-2' };
  for (const [index, event] of GO_RUN.slice(1, 25).entries()) state.apply(event, 100 * index);
  expect(rowOf('reading')?.took).toBe(1100);
  expect(rowOf('phase kernel')?.took).toBe(700);
  state.apply(planned('tunnel', 'wireguard wg0', 'ms-1', [ADD_PEER, RESTART, ADD_PEER]), 5000);
  state.apply({ type: 'change-started', ...change }, 6000);
  state.apply({ type: 'change-done', ...change, ms: 340 }, 6340);
  expect(rowOf('phase tunnel node ms-1')).toMatchObject({ done: 1, planned: 3, took: 340, began: 6000 });
  state.apply({ type: 'change-started', ...change, summary: 'start wg0' }, 7000);
  expect(rowOf('phase tunnel node ms-1')).toMatchObject({ text: 'start wg0', began: 7000 });
  expect(rowOf('phase tunnel node ms-1')?.took).toBeUndefined();
  state.apply({ type: 'gate-started', phase: 'tunnel', gate: 'tunnel.gate-1', name: 'listener' }, 8000);
  expect(rowOf('phase tunnel node ms-1')).toMatchObject({ state: 'good', text: '1 change' });
  expect(rowOf('phase tunnel node wk-2')).toMatchObject({ state: 'good', text: 'nothing to change' });
});

it('keeps gates of one name apart', () => {
  const phases = [{ name: 'install', steps: [], gates: ['commands', 'commands'] }];
  const state = new TreeState({ ...(started('check') as Started), phases });
  const ended = { type: 'gate-ended', phase: 'install', name: 'commands', findings: [] } as const;
  state.apply({ ...ended, gate: 'install.2', go: false, summary: '1 of 2 commands found' });
  state.apply({ ...ended, gate: 'install.1', go: true, summary: '4 of 4 commands found' });
  const gates = state.rows
    .filter(({ kind }) => kind === 'gate')
    .map(({ state: is, text }) => `${is} ${text}`);
  expect(gates).toEqual(['bad 1 of 2 commands found', 'good 4 of 4 commands found']);
});
