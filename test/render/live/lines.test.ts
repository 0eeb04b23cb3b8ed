import { createLines } from '../../../src/render/live/lines.js';
import type { StampedEvent } from '../../../src/runner/events/events.js';
import { FAILED_RUN, GO_RUN, PLAN_RUN, RELIED_RUN, STOP_RUN, UNREACHABLE_RUN } from '../../support/events.js';
import { PLAIN } from '../helpers.js';

function linesOf(events: readonly StampedEvent[]): string[] {
  let text = '';
  const lines = createLines((more) => {
    text += more;
  }, PLAIN);
  for (const event of events) lines.event(event);
  return text.split('\n');
}

it('prints a GO run as aligned phase, step, node and text', () => {
  expect(linesOf(GO_RUN).slice(8)).toEqual([
    'connect  -                wk-2        read in 1.4 s',
    'kernel   -                -           begins',
    'kernel   sysctl values    -           GO  8 of 8 values are in force',
    'kernel   -                -           GO  0 changes',
    'tunnel   -                -           begins',
    'tunnel   wireguard wg0    wk-1        skipped: its condition does not hold',
    'tunnel   wireguard wg0    ctb-edge-1  add peer wk-2  340 ms',
    'tunnel   wireguard wg0    ms-1        write /etc/wireguard/wg0.conf and restart wg0  340 ms',
    'tunnel   listener         -           GO  4 of 4 nodes listen on 51820',
    'tunnel   handshake        -           GO  12 of 12 handshakes',
    'tunnel   -                -           GO  2 changes',
    'verify   -                -           begins',
    'verify   ping every pair  -           GO  12 of 12 pairs answer',
    'verify   -                -           GO  0 changes',
    '',
  ]);
});

it.each([
  ['a STOP', STOP_RUN, 'verify   ping every pair  -           STOP  11 of 12 pairs answer'],
  ['a failed step', FAILED_RUN, 'tunnel   wireguard wg0    ms-1        FAILED  the disk is full'],
  [
    'a node that refuses',
    UNREACHABLE_RUN,
    'connect  -                wk-2        FAILED  port 22 of 192.168.15.4 refuses connections',
  ],
  ['a gate relied on', RELIED_RUN, 'tunnel   handshake        -           GO  12 of 12  (relied on)'],
])('prints %s', (_name, events, line) => {
  expect(linesOf(events)).toContain(line);
});

it('says for whom a run waits, and when it goes on', () => {
  const [first, ...rest] = GO_RUN;
  const waiting = [
    { type: 'lock-waiting', nodes: ['ms-1', 'wk-1'], holder: 'run X of ann@laptop (pid 7)', seconds: 60 },
    { type: 'lock-waited', nodes: ['ms-1', 'wk-1'], ms: 4200 },
  ] as const;
  const stamp = { run: 'r', at: '2026-01-01T12:00:00Z' };
  const lines = linesOf([
    ...(first ? [first] : []),
    ...waiting.map((one) => ({ ...one, ...stamp })),
    ...rest,
  ]);
  expect(lines.slice(1, 3)).toEqual([
    'connect  -                -           waiting up to 60 s for run X of ann@laptop (pid 7): it holds ms-1, wk-1',
    'connect  -                -           ms-1, wk-1 released after 4.2 s; reading the nodes again',
  ]);
});

it('says how far a gate is that takes long', () => {
  const started = GO_RUN.slice(0, 1);
  const trying = { type: 'gate-trying', phase: 'verify', gate: 'g', name: 'ping', total: 70 } as const;
  const stamp = { run: 'r', at: '2026-01-01T12:00:00Z' };
  const lines = linesOf([...started, ...[0, 20].map((done) => ({ ...trying, done, ...stamp }))]);
  expect(lines.slice(1, 3).map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    'verify ping - trying for 70 s',
    'verify ping - trying for 70 s; 20 s are over',
  ]);
});

it('leaves the changes of a plan to the plan text', () => {
  expect(linesOf(PLAN_RUN).filter((line) => line.startsWith('tunnel'))).toEqual([]);
});

it('cuts a step name that is wider than its column', () => {
  const name = 'a name that goes on and on and on, and on, and then some';
  const [first, ...rest] = GO_RUN;
  if (first?.type !== 'run-started') throw new Error('a run begins with run-started');
  const phases = [{ name: 'verify', steps: [], gates: [name] }];
  const ended = {
    type: 'gate-ended',
    phase: 'verify',
    gate: 'g',
    name,
    go: true,
    summary: 'ok',
    findings: [],
  } as const;
  expect(
    linesOf([{ ...first, phases }, ...rest.slice(0, 1), { ...ended, run: first.run, at: first.at }])[1],
  ).toBe('verify   a name that goes on and on and on, and …  -           GO  ok');
});
