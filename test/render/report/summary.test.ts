import { summary } from '../../../src/render/report/summary.js';
import {
  ended,
  FAILED_RUN,
  GO_RUN,
  planned,
  RELIED_RUN,
  RESTART,
  STOP_RUN,
  started,
  UNCHANGED_RUN,
  UNREACHABLE_RUN,
} from '../../support/events.js';
import { PLAIN, recordOf } from '../helpers.js';

const shown = (events: Parameters<typeof recordOf>[0]) =>
  summary(recordOf(events), {
    paint: PLAIN,
    resume: 'bridgehead apply --resume -i home.yaml',
    journal: '/j',
  });

const NEXT = 'journal: /j\nto resume: bridgehead apply --resume -i home.yaml\n';

it.each([
  ['GO', GO_RUN, 'GO  3 phases, 4 gates, 2 changes in 2.1 s\n'],
  [
    'nothing to change',
    UNCHANGED_RUN,
    'Nothing to change: 4 nodes are as wanted\nGO  3 phases, 3 gates, 0 changes in 2.1 s\n',
  ],
  [
    'relied on',
    RELIED_RUN,
    'relied on kernel: sysctl values GO\nrelied on tunnel: handshake GO\n' +
      'Nothing to change: 4 nodes are as wanted\nGO  1 phase, 1 gate, 0 changes in 2.1 s\n',
  ],
  ['STOP', STOP_RUN, `STOP at verify / ping every pair  3 gates GO, 2 changes made in 2.1 s\n${NEXT}`],
  ['a failed step', FAILED_RUN, `FAILED at tunnel  1 gate GO, 1 change made in 2.1 s\n${NEXT}`],
  ['unreachable', UNREACHABLE_RUN, `UNREACHABLE  0 gates GO, 0 changes made in 2.1 s\n${NEXT}`],
  [
    'interrupted',
    [...GO_RUN.slice(0, 21), ended(130, 0)],
    `INTERRUPTED before tunnel  1 gate GO, 0 changes made in 2.1 s\n${NEXT}`,
  ],
])('%s', (_name, events, text) => {
  expect(shown(events)).toBe(text);
});

it.each([
  ['one of them does not answer', UNREACHABLE_RUN, 'without wk-2: bridgehead check --skip-unreachable\n'],
  ['a gate stops', STOP_RUN, ''],
])('names the command for the nodes that answer, if %s', (_when, events, line) => {
  const without = 'bridgehead check --skip-unreachable';
  const [, ...rest] = summary(recordOf(events), { paint: PLAIN, without }).split(/(?<=\n)/);
  expect(rest.join('')).toBe(line);
});

it('does not call a declined plan as wanted', () => {
  expect(shown([started('apply'), planned('tunnel', 's', 'ms-1', [RESTART]), ended(0, 0)])).toBe(
    'Nothing was changed\nDECLINED  1 change planned, none made\n',
  );
});

it.each([
  ['as many as were planned', 2, '2 changes'],
  ['more than were planned', 5, '5 changes (2 planned, 3 that those required)'],
  ['fewer than were planned', 1, '1 change'],
])('counts changes: %s', (_what, made, text) => {
  const plan = planned('tunnel', 's', 'ms-1', [RESTART, RESTART]);
  expect(shown([started('apply'), plan, ended(0, made)])).toContain(
    `GO  0 phases, 0 gates, ${text} in 2.1 s\n`,
  );
});

it('is empty for a run that reported no end', () => expect(shown(GO_RUN.slice(0, 5))).toBe(''));

it('names what to read about a run that is not GO', () => {
  const options = { paint: PLAIN, topic: 'ping' };
  expect(summary(recordOf(STOP_RUN), options)).toMatch(/\nmore: bridgehead explain ping\n$/);
  expect(summary(recordOf(GO_RUN), options)).not.toContain('explain');
});

it('names the command that undoes a run that has changed something', () => {
  const options = { paint: PLAIN, undo: 'bridgehead undo r1 -i home.yaml' };
  expect(summary(recordOf(GO_RUN), options)).toMatch(/\nto undo: bridgehead undo r1 -i home\.yaml\n$/);
  expect(summary(recordOf(UNCHANGED_RUN), options)).not.toContain('undo');
});
