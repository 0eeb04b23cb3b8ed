import { gitlabProblems, gitlabReport } from '../../../../src/render/report/gitlab/code-quality.js';
import { reportOf } from '../../../../src/render/report/run-report/run-report.js';
import { GO_RUN, PLAN_RUN, STOP_RUN } from '../../../support/events.js';

const PLACES = { file: 'inventory/home.yaml', nodes: new Map([['ctb-edge-1', { line: 12, column: 3 }]]) };

it('has an entry for each annotation, with all fields that GitLab needs', () => {
  const entries = JSON.parse(gitlabReport(reportOf(STOP_RUN), PLACES));
  expect(entries).toEqual([
    {
      check_name: 'bridgehead: STOP: verify / ping every pair',
      description: expect.stringContaining('ctb-edge-1 -> ms-1: 0 of 12 packets came back\n'),
      severity: 'critical',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      location: { path: 'inventory/home.yaml', lines: { begin: 12 } },
    },
  ]);
});

it('has the first line for a node that is no longer in the file', () => {
  const [, other] = JSON.parse(gitlabReport(reportOf(PLAN_RUN), PLACES));
  expect(other).toMatchObject({ severity: 'info', location: { lines: { begin: 1 } } });
});

it('is an empty list for a run that was GO', () => {
  expect(JSON.parse(gitlabReport(reportOf(GO_RUN), PLACES))).toEqual([]);
});

it('has what is wrong in the files', () => {
  const problem = { file: 'home.yaml', line: 3, column: 5, path: 'nodes.a', message: 'unknown key' };
  expect(JSON.parse(gitlabProblems([problem]))).toMatchObject([
    { check_name: 'bridgehead: nodes.a', location: { path: 'home.yaml', lines: { begin: 3 } } },
  ]);
});
