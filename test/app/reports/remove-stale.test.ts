import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isReport, removeStale } from '../../../src/app/reports/remove-stale.js';
import { FORMATS } from '../../../src/render/report/format-names.js';
import { WRITERS } from '../../../src/render/report/formats.js';
import { reportOf } from '../../../src/render/report/run-report/run-report.js';
import { folderWith } from '../../cli/helpers.js';
import { GO_RUN } from '../../support/events.js';
import { EVERY_RUN } from '../../support/report-events.js';
import { ioIn } from './helpers.js';

it.each(EVERY_RUN)('knows every format of %j by its first bytes', (_what, events) => {
  const report = reportOf(events);
  for (const format of FORMATS) {
    const text = Buffer.from(WRITERS[format](report)).toString('utf8', 0, 4096);
    expect([format, isReport(format, text)]).toEqual([format, true]);
  }
});

it.each(FORMATS)('removes a report of an earlier run as %s, also behind a link', (format) => {
  const folder = folderWith({ old: WRITERS[format](reportOf(GO_RUN)) });
  symlinkSync('old', join(folder, 'link'));
  removeStale([{ format, file: 'link' }], ioIn(folder).io);
  expect(existsSync(join(folder, 'old'))).toBe(false);
  writeFileSync(join(folder, 'link'), 'new');
  expect(readFileSync(join(folder, 'old'), 'utf8')).toBe('new');
});

it.each(FORMATS)('leaves what is no report alone that --report names as %s', (format) => {
  const text = '<!DOCTYPE html>\n<title>GO home</title>\n';
  const folder = folderWith({ mine: text });
  removeStale(
    [
      { format, file: 'mine' },
      { format, file: 'gone' },
      { format, file: '-' },
    ],
    ioIn(folder).io,
  );
  expect(readFileSync(join(folder, 'mine'), 'utf8')).toBe(text);
});
