import type { Finding } from '../../../src/layers/gate.js';
import { stopReport } from '../../../src/render/report/stop-report.js';
import {
  ended,
  FAILED_RUN,
  GO_RUN,
  gate,
  LOST_PAIR,
  STOP_RUN,
  started,
  UNREACHABLE_RUN,
} from '../../support/events.js';
import { PLAIN, recordOf } from '../helpers.js';

const lines = (...parts: string[]) => `${parts.join('\n')}\n`;

it('has nothing to report about a GO run', () => expect(stopReport(recordOf(GO_RUN), PLAIN)).toBe(''));

it('shows what a gate noted, and not what it proved besides', () => {
  const note: Finding = {
    go: true,
    noted: true,
    node: 'ms-1',
    peer: 'wk-1',
    expected: 'its own',
    seen: 'a copy',
  };
  const found = [
    { ...note, fix: 'no hurry' },
    { go: true, node: 'wk-2', expected: 'its own', seen: 'its own' },
  ];
  expect(stopReport(recordOf([started('check'), ...gate('verify', 'twins', '2 of 3', found)]), PLAIN)).toBe(
    lines(
      'NOTE verify / twins  this stops nothing',
      '  ms-1 -> wk-1',
      '    expected  its own',
      '    seen      a copy',
      '  fix: no hurry',
    ),
  );
});

it('reports a STOP with the gate, the place, expected, seen and the fix', () => {
  expect(stopReport(recordOf(STOP_RUN), PLAIN)).toBe(
    lines(
      'STOP verify / ping every pair',
      '  11 of 12 pairs answer',
      '  ctb-edge-1 -> ms-1',
      '    expected  an answer from 172.27.15.12 within 10 s',
      '    seen      0 of 12 packets came back',
      '  fix: check the forward of UDP 51821 on the router of home',
    ),
  );
});

it('shows the first ten findings, then how many more, and a fix once', () => {
  const bad = Array.from({ length: 24 }, (_, index) => ({ ...LOST_PAIR, peer: `node-${index}` }));
  const report = stopReport(recordOf([started('check'), ...gate('verify', 'ping', '0 of 24', bad)]), PLAIN);
  expect(report.match(/ -> node-/g)).toHaveLength(10);
  expect(report).toContain('\n  and 14 more\n');
  expect(report.match(/fix: /g)).toHaveLength(1);
});

it('puts each of several fixes below its finding, and a place once', () => {
  const bad = [LOST_PAIR, { ...LOST_PAIR, expected: 'a handshake', seen: 'none', fix: 'start wg0' }];
  const report = stopReport(recordOf([started('check'), ...gate('verify', 'ping', '10 of 12', bad)]), PLAIN);
  expect(report).toBe(
    lines(
      'STOP verify / ping',
      '  10 of 12',
      '  ctb-edge-1 -> ms-1',
      '    expected  an answer from 172.27.15.12 within 10 s',
      '    seen      0 of 12 packets came back',
      '    fix       check the forward of UDP 51821 on the router of home',
      '    expected  a handshake',
      '    seen      none',
      '    fix       start wg0',
    ),
  );
});

it('continues below its own column when a value has several lines', () => {
  const bad = [{ go: false, node: 'wk-1', expected: 'a\nb', seen: 'c' }];
  const report = stopReport(recordOf([started('check'), ...gate('verify', 'routes', 'no', bad)]), PLAIN);
  expect(report).toContain('    expected  a\n              b\n    seen      c');
});

it('reports a failed step once, although two events contain it', () => {
  expect(stopReport(recordOf(FAILED_RUN), PLAIN)).toBe(
    lines(
      'FAILED ms-1 / tunnel / wireguard wg0  E_DISK_FULL',
      '  the disk is full',
      '    sh: write error: No space left on device',
      '  fix: free some space on / and apply again',
    ),
  );
});

it('reports a node that was not reached', () => {
  expect(stopReport(recordOf(UNREACHABLE_RUN), PLAIN)).toBe(
    lines(
      'FAILED wk-2  E_SSH_REFUSED',
      '  port 22 of 192.168.15.4 refuses connections',
      '  fix: see whether sshd runs there, and on which port',
    ),
  );
});

it('groups nodes that failed alike', () => {
  const error = { code: 'E_SSH_TIMEOUT', message: 'no answer within 20 s', fix: 'is it on?' } as const;
  const record = recordOf([
    started('apply'),
    { type: 'node-failed', node: 'wk-1', error },
    { type: 'node-failed', node: 'wk-2', error },
  ]);
  expect(stopReport(record, PLAIN)).toBe(
    lines('FAILED wk-1, wk-2  E_SSH_TIMEOUT', '  no answer within 20 s', '  fix: is it on?'),
  );
});

it('leaves an interruption to the headline', () => {
  const error = { code: 'E_INTERRUPTED', message: 'interrupted' } as const;
  const record = recordOf([
    started('apply'),
    { type: 'node-failed', node: 'wk-1', error },
    ended(130, 0, [error]),
  ]);
  expect(stopReport(record, PLAIN)).toBe('');
});
