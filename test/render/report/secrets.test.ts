import { createHash } from 'node:crypto';
import { BridgeheadError } from '../../../src/core/errors.js';
import { Secret } from '../../../src/core/secret.js';
import type { Finding } from '../../../src/layers/gate.js';
import { FORMATS } from '../../../src/render/report/format-names.js';
import { WRITERS } from '../../../src/render/report/formats.js';
import { reportOf } from '../../../src/render/report/run-report/run-report.js';
import type { PlannedChange, RunEvent, StampedEvent } from '../../../src/runner/events/events.js';
import { toReportedError } from '../../../src/runner/events/report.js';
import { ended, gate, planned, read, stamp, started } from '../../support/events.js';

const bytesOf = (seed: string): Buffer => createHash('sha256').update(seed).digest();
const keyOf = (seed: string): string => bytesOf(seed).toString('base64');
const passwordOf = (seed: string): string => `pw-${bytesOf(seed).toString('hex').slice(0, 16)}`;

/** A secret, and what a program might print with it in it. */
interface Planted {
  readonly secret: string;
  readonly text: string;
}

const plant = (secret: string, text: (secret: string) => string): Planted => ({ secret, text: text(secret) });

const block = (secret: string): string =>
  `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n-----END OPENSSH PRIVATE KEY-----`;

/** Ways in which secrets come into what programs print. */
const WAYS: readonly ((seed: string) => Planted)[] = [
  (seed) => plant(keyOf(seed), (key) => `Line unrecognized: \`PrivateKey=${key}'`),
  (seed) => plant(keyOf(seed), (key) => `[Peer]\nPresharedKey = ${key}\nAllowedIPs = 10.0.0.2/32`),
  (seed) => plant(bytesOf(seed).toString('hex'), (key) => `private_key=${key}\nlisten_port=51820`),
  (seed) => plant(keyOf(seed), (key) => `psk: ${key}`),
  (seed) => plant(keyOf(seed), (key) => `Pri\u001b[1mvateKey\u001b[0m = ${key}`),
  (seed) => plant(passwordOf(seed), (password) => `[sudo] password for ops: ${password}`),
  (seed) => plant(passwordOf(seed), (password) => `BECOME password: ${password}\nsu: failure`),
  (seed) => plant(passwordOf(seed), (password) => `+DB_PASSWORD="${password}"`),
  (seed) => plant(keyOf(seed).slice(0, 40), block),
  (seed) => plant(passwordOf(seed), (password) => `fetching https://ops:${password}@example.net/x failed`),
];

const SECRETS = 50;
const PLANTED = Array.from({ length: SECRETS }, (_, index) => {
  const way = WAYS[index % WAYS.length];
  if (way === undefined) throw new Error('no way');
  return way(`secret ${index}`);
});

const hidden = new Secret(passwordOf('hidden'));

/** Events of a run in which each text stands wherever a machine's words can. */
function runWith(texts: readonly string[]): StampedEvent[] {
  const errors = texts.map((text, index) =>
    toReportedError(
      new BridgeheadError('E_STEP', `could not do it: ${text}`, {
        node: `n-${index}`,
        evidence: text,
        fix: text,
      }),
    ),
  );
  const bug = toReportedError(new Error(`${texts[0]} ${hidden}`));
  const findings = texts.map(
    (text, index): Finding => ({ go: false, node: `n-${index}`, expected: text, seen: text, fix: text }),
  );
  const changes = texts.map(
    (text): PlannedChange => ({
      summary: text,
      disruption: { level: 'brief', detail: text },
      diff: `+${text}`,
    }),
  );
  return stamp([
    started('apply'),
    ...read(),
    { type: 'phase-started', phase: 'tunnel' },
    planned('tunnel', 'wireguard', 'ms-1', changes),
    ...gate('tunnel', 'listener', texts.join(' '), findings),
    ...errors.map(
      (error): RunEvent => ({ type: 'step-failed', phase: 'tunnel', step: 's', node: 'ms-1', error }),
    ),
    { type: 'guard-reverted', phase: 'tunnel', node: 'ms-1', by: 'run', reverted: texts, failed: texts },
    { type: 'boot-unproven', phase: 'tunnel', node: 'ms-1', notes: texts },
    ended(7, 0, [...errors, bug]),
  ]);
}

/** A secret as it might be found: as it is, or encoded. */
const formsOf = (secret: string): string[] =>
  (['utf8', 'base64', 'hex'] as const).map((encoding) => Buffer.from(secret).toString(encoding));

it('the planted texts hold their secrets, fifty different ones', () => {
  expect(new Set(PLANTED.map(({ secret }) => secret)).size).toBe(SECRETS);
  for (const { secret, text } of PLANTED) expect(text).toContain(secret);
});

it('what is reported of an error holds none of them, before any report is written', () => {
  for (const { secret, text } of PLANTED) {
    if (text.includes('\u001b')) continue;
    const error = toReportedError(new BridgeheadError('E_STEP', text, { evidence: text }));
    expect(JSON.stringify(error)).not.toContain(secret);
  }
});

it.each(FORMATS)('the %s report holds none of them in any form', (format) => {
  const text = WRITERS[format](reportOf(runWith(PLANTED.map((planted) => planted.text))));
  expect(text).toContain('[redacted]');
  const secrets = [...PLANTED.map(({ secret }) => secret), hidden.reveal()];
  expect(secrets.flatMap(formsOf).filter((form) => text.includes(form))).toEqual([]);
});

it.each(FORMATS)('the %s report has public keys, which are none', (format) => {
  const key = keyOf('public').replaceAll(/[+/]/g, 'x');
  const text = WRITERS[format](reportOf(runWith([`peer ms-1 with public key ${key}`])));
  expect(text).toContain(key);
});
