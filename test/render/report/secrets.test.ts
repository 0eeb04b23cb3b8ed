import { BridgeheadError } from '../../../src/core/errors.js';
import { FORMATS } from '../../../src/render/report/format-names.js';
import { WRITERS } from '../../../src/render/report/formats.js';
import { reportOf } from '../../../src/render/report/run-report/run-report.js';
import { toReportedError } from '../../../src/runner/events/report.js';
import { keyOf, PLANTED, runWith, secretsIn } from '../../support/reports/planted-secrets.js';

it('the planted texts hold their secrets, more than fifty different ones', () => {
  expect(new Set(PLANTED.map(({ secret }) => secret)).size).toBe(PLANTED.length);
  expect(PLANTED.length).toBeGreaterThan(50);
  for (const { secret, text } of PLANTED) expect(text).toContain(secret);
});

it('what is reported of an error holds none of them, before any report is written', () => {
  for (const { secret, text } of PLANTED) {
    if (/[\u001b\u202e]/.test(text)) continue;
    const error = toReportedError(new BridgeheadError('E_STEP', text, { evidence: text }));
    expect(JSON.stringify(error)).not.toContain(secret);
  }
});

it.each(FORMATS)('the %s report holds none of them in any form', (format) => {
  const text = WRITERS[format](reportOf(runWith(PLANTED.map((planted) => planted.text))));
  expect(text).toContain('[redacted]');
  expect(secretsIn(text)).toEqual([]);
});

it.each(FORMATS)('the %s report has public keys, which are none', (format) => {
  const key = keyOf('public').replaceAll(/[+/]/g, 'x');
  const text = WRITERS[format](reportOf(runWith([`peer ms-1 with public key ${key}`])));
  expect(text).toContain(key);
});
