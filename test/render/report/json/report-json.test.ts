import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { reportJson } from '../../../../src/render/report/json/report-json.js';
import { reportSchema } from '../../../../src/render/report/json/schema.js';
import { reportOf } from '../../../../src/render/report/run-report/run-report.js';
import { GO_RUN } from '../../../support/events.js';
import { EVERY_RUN, pairRun } from '../../../support/report-events.js';

const validator = new Ajv({ strict: true, allErrors: true }).compile(
  JSON.parse(readFileSync('schemas/report.schema.json', 'utf8')),
);

it('the published schema is the one of the sources', () => {
  expect(JSON.parse(readFileSync('schemas/report.schema.json', 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(reportSchema())),
  );
});

it.each(EVERY_RUN)('the report of %j is as the schema wants it', (_what, events) => {
  const value = JSON.parse(reportJson(reportOf(events)));
  validator(value);
  expect(validator.errors).toBeNull();
});

it('has a line for each field, and spends nothing on indenting the lists of a large mesh', () => {
  const report = reportOf(pairRun(['ms-1 wk-1']));
  const text = reportJson(report);
  expect(text).toContain('\n  "verdict": "STOP",\n');
  expect(text.length).toBeLessThan(JSON.stringify(report).length + 10 * Object.keys(report).length);
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(report)));
});

it.each([
  ['no verdict', { verdict: undefined }],
  ['a verdict of its own', { verdict: 'FINE' }],
  ['another format', { format: 2 }],
  ['phases without gates', { phases: [{ name: 'x', outcome: 'go', steps: [], unmeasured: [] }] }],
])('the schema refuses %s', (_what, over) => {
  const value = JSON.parse(JSON.stringify({ ...reportOf(GO_RUN), ...over }));
  expect(validator(value)).toBe(false);
});
