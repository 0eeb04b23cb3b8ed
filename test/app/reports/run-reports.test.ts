import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeReports } from '../../../src/app/reports/report-files.js';
import { reportsOfRun } from '../../../src/app/reports/run-reports.js';
import { reportOf } from '../../../src/render/report/run-report/run-report.js';
import { folderWith } from '../../cli/helpers.js';
import { GO_RUN } from '../../support/events.js';
import { ioIn } from './helpers.js';

const TARGETS = [
  { format: 'json', file: 'run.json' },
  { format: 'html', file: 'deep/run.html' },
] as const;

it('says which report cannot be made of a run, and does not throw', () => {
  const { io, shown } = ioIn(folderWith());
  const reports = reportsOfRun(TARGETS, io);
  for (const event of GO_RUN.slice(1)) reports.event(event);
  reports.write();
  expect(shown.stderr).toBe(
    'error: run.json  the report cannot be made: the events of a run begin with its start\n' +
      'error: deep/run.html  the report cannot be made: the events of a run begin with its start\n',
  );
});

it('writes the others when one cannot be made', () => {
  const folder = folderWith();
  const { io, shown } = ioIn(folder);
  reportsOfRun(TARGETS, io);
  // Only the JSON has this field, and no JSON has room for such a number.
  const report = { ...reportOf(GO_RUN), format: 1n as unknown as 1 };
  expect(writeReports(report, TARGETS, io)).toEqual([
    { file: 'run.json', message: expect.stringMatching(/^the json report cannot be written: .*BigInt/) },
  ]);
  expect(shown.stderr).toBe('wrote deep/run.html\n');
  expect(readFileSync(join(folder, 'deep/run.html'), 'utf8')).toMatch(/^<!DOCTYPE html>/);
});

it('writes the others when the folder of one is gone', () => {
  const folder = folderWith();
  const { io, shown } = ioIn(folder);
  const reports = reportsOfRun(TARGETS, io);
  for (const event of GO_RUN) reports.event(event);
  rmSync(join(folder, 'deep'), { recursive: true });
  reports.write();
  expect(existsSync(join(folder, 'run.json'))).toBe(true);
  expect(shown.stderr).toMatch(
    /^wrote run\.json\nerror: deep\/run\.html {2}the html report cannot be written: ENOENT/,
  );
});
