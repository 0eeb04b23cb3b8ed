import { spawnSync } from 'node:child_process';
import { junitReport } from '../../../../src/render/report/junit/junit.js';
import { reportOf } from '../../../../src/render/report/run-report/run-report.js';
import { STOP_RUN } from '../../../support/events.js';
import { EVERY_RUN } from '../../../support/report-events.js';

/** What xmllint says of a document that is not as the schema wants it; empty if it is. */
function complaints(xml: string): string {
  const words = ['--noout', '--nonet', '--schema', 'test/render/report/junit/junit.xsd', '-'];
  const { status, stderr, error } = spawnSync('xmllint', words, { input: xml, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return status === 0 ? '' : stderr;
}

it.each(EVERY_RUN)('a strict reader takes %j', (_what, events) => {
  expect(complaints(junitReport(reportOf(events)))).toBe('');
});

it.each([
  ['a control character', (xml: string) => xml.replace('GO', 'G\u0001O')],
  ['an attribute of its own', (xml: string) => xml.replace('<testcase ', '<testcase mood="good" ')],
  [
    'a time with a zone',
    (xml: string) => xml.replace(/timestamp="[^"]*"/, 'timestamp="2026-01-01T12:00:00Z"'),
  ],
  ['a failure without a message', (xml: string) => xml.replace(/<failure message="[^"]*"/, '<failure')],
])('and refuses %s', (_what, spoil) => {
  const xml = junitReport(reportOf(STOP_RUN));
  expect(spoil(xml)).not.toBe(xml);
  expect(complaints(spoil(xml))).not.toBe('');
});
