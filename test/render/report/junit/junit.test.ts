import { junitReport } from '../../../../src/render/report/junit/junit.js';
import { reportOf } from '../../../../src/render/report/run-report/run-report.js';
import {
  DECLINED_RUN,
  FAILED_RUN,
  GO_RUN,
  PLAN_RUN,
  STOP_RUN,
  UNREACHABLE_RUN,
} from '../../../support/events.js';
import { hostileRun, pairRun } from '../../../support/report-events.js';

const junit = (events: Parameters<typeof reportOf>[0]): string => junitReport(reportOf(events));

/** Names of the tests in a suite. */
function testsIn(xml: string, suite: string): string[] {
  const [, inner = ''] = new RegExp(`<testsuite name="${suite}"([\\s\\S]*?)</testsuite>`).exec(xml) ?? [];
  return [...inner.matchAll(/<testcase name="([^"]*)"/g)].map(([, name = '']) => name);
}

it('has a suite a phase, a test a step and node, and a test a gate and node', () => {
  const xml = junit(pairRun());
  expect([...xml.matchAll(/<testsuite name="([^"]*)"/g)].map(([, name]) => name)).toEqual([
    'read',
    'kernel',
    'tunnel',
    'verify',
    'run',
  ]);
  expect(testsIn(xml, 'tunnel')).toEqual([
    'wireguard wg0: ms-1',
    'handshake: ctb-edge-1',
    'handshake: ms-1',
    'handshake: wk-1',
    'handshake: wk-2',
    'listener',
  ]);
});

it('counts what did not pass in each suite and in all', () => {
  const xml = junit(pairRun(['ms-1 wk-1', 'ms-1 wk-2', 'wk-1 ms-1']));
  expect(xml).toContain('<testsuites name="bridgehead apply: home" tests="16" failures="3" errors="0"');
  expect(xml).toContain('<testsuite name="verify" tests="4" failures="2" errors="0" skipped="0"');
  expect(xml).toContain(
    '<failure message="ms-1 -&gt; wk-1: 0 of 12 packets came back (and 1 more)" type="STOP">',
  );
  expect(xml).toContain('  fix       check the forward to wk-2');
});

it('passes everything of a GO', () => {
  expect(junit(GO_RUN)).toMatch(/^<\?xml.*\n<testsuites [^>]* failures="0" errors="0"/);
});

it('fails a run that was not GO even if no test of its own failed', () => {
  const killed = junit(GO_RUN.slice(0, 20));
  expect(killed).toContain('type="UNFINISHED"');
  expect(junit(UNREACHABLE_RUN)).toContain('<error message="port 22 of 192.168.15.4 refuses connections"');
});

it('fails a run whose plan was declined', () => {
  expect(junit(DECLINED_RUN)).toMatch(
    /<testcase name="the run ends in GO"[^>]*>\n<failure message="DECLINED: [^"]*" type="DECLINED"/,
  );
});

it('has a failed step with its code, evidence and fix, and skips what was not reached', () => {
  const xml = junit(FAILED_RUN);
  expect(xml).toContain(
    '<failure message="the disk is full" type="E_DISK_FULL">the disk is full\nsh: write error: No space left on device\nfix: free some space on / and apply again</failure>',
  );
  expect(xml).toContain('<skipped message="the run ended before this phase"/>');
});

it('has what a plan would change as skipped, and no gates', () => {
  const xml = junit(PLAN_RUN);
  expect(testsIn(xml, 'tunnel')).toEqual(['wireguard wg0: ctb-edge-1', 'wireguard wg0: ms-1']);
  expect(xml).toContain('<skipped message="planned, not made"/>');
  expect(xml).not.toContain('<failure');
});

it('writes text as text', () => {
  const xml = junit(hostileRun(']]><a href="x">&'));
  expect(xml).not.toContain('<a ');
  expect(xml).toContain(']]&gt;&lt;a href=&quot;x&quot;&gt;&amp;');
  expect(junit(STOP_RUN)).toContain('type="STOP"');
});
