import { htmlReport } from '../../../src/render/report/html/page.js';
import { junitReport } from '../../../src/render/report/junit/junit.js';
import { markdownReport } from '../../../src/render/report/markdown/markdown.js';
import { reportOf } from '../../../src/render/report/run-report/run-report.js';
import { GO_RUN } from '../../support/events.js';
import { pairRun, partRun } from '../../support/report-events.js';

it.each([
  ['--only', partRun(), '3 of 4 nodes'],
  ['a shard', partRun({ shard: { index: 1, of: 3, total: 9 } }), 'shard 1 of 3 (9 nodes in all)'],
])('no format lets the GO of %s look like that of the network', (_what, events, scope) => {
  const report = reportOf(events);
  expect(markdownReport(report)).toContain(`## ✅ GO, ${scope}\n`);
  const page = htmlReport(report);
  expect(page).toContain(`<span class="verdict good">GO</span><span>, ${scope}</span></h1>`);
  expect(page).toContain(`<title>GO: apply of home, ${scope}, run `);
  const xml = junitReport(report);
  expect(xml).toContain(`<testsuites name="bridgehead apply: home, ${scope}"`);
  expect(xml).toContain(`<property name="scope" value="${scope}"/>`);
});

it('counts the nodes for programs', () => {
  expect(reportOf(partRun()).scope).toEqual({ nodes: 3, of: 4 });
  expect(reportOf(partRun({ shard: { index: 1, of: 3, total: 9 } })).scope).toEqual({ nodes: 3, of: 9 });
});

it.each([
  ['a run over all nodes', pairRun()],
  ['a journal that does not say how many there are', GO_RUN],
])('says nothing of %s', (_what, events) => {
  const report = reportOf(events);
  expect(report.scope).toBeUndefined();
  expect(markdownReport(report)).toMatch(/^## ✅ GO\n/);
  expect(junitReport(report)).not.toContain('name="scope"');
});
