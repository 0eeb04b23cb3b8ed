import { createHash } from 'node:crypto';
import { BridgeheadError } from '../../../src/core/errors.js';
import { Secret } from '../../../src/core/secret.js';
import type { Finding } from '../../../src/layers/gate.js';
import type { PlannedChange, RunEvent, StampedEvent } from '../../../src/runner/events/events.js';
import { toReportedError } from '../../../src/runner/events/report.js';
import { ended, gate, planned, read, stamp, started } from '../events.js';

const bytesOf = (seed: string): Buffer => createHash('sha256').update(seed).digest();
export const keyOf = (seed: string): string => bytesOf(seed).toString('base64');
const passwordOf = (seed: string): string => `pw-${bytesOf(seed).toString('hex').slice(0, 16)}`;

/** A secret, and what a program might print with it in it. */
export interface Planted {
  readonly secret: string;
  readonly text: string;
}

const plant = (secret: string, text: (secret: string) => string): Planted => ({ secret, text: text(secret) });

const pem = (kind: string, secret: string): string =>
  `-----BEGIN ${kind}-----\n${secret}\n-----END ${kind}-----`;
const lettersOf = (seed: string, length: number): string =>
  bytesOf(seed).toString('hex').slice(0, length).padEnd(length, 'x');

/** What a key or a password looks like, and the words around it. */
const key = (text: (key: string) => string) => (seed: string) => plant(keyOf(seed), text);
const part = (length: number, text: (key: string) => string) => (seed: string) =>
  plant(keyOf(seed).slice(0, length).replaceAll('/', 'x'), text);
const password = (text: (password: string) => string) => (seed: string) => plant(passwordOf(seed), text);

/** Ways in which secrets come into what programs print, and into the files that they are printed from. */
const WAYS: readonly ((seed: string) => Planted)[] = [
  // Keys of WireGuard, whole, in hex, taken apart by colours, and spoilt.
  key((it) => `Line unrecognized: \`PrivateKey=${it}'`),
  key((it) => `[Peer]\nPresharedKey = ${it}\nAllowedIPs = 10.0.0.2/32`),
  key((it) => `psk: ${it}`),
  key((it) => `{"preshared_key": "${it}"}`),
  key((it) => `Pri\u001b[1mvateKey\u001b[0m = ${it}`),
  key((it) => `private_k\u202eey: ${it}`),
  (seed) => plant(bytesOf(seed).toString('hex'), (it) => `private_key=${it}\nlisten_port=51820`),
  part(43, (it) => `Line unrecognized: \`PrivateKey=${it}'`),
  part(30, (it) => `PresharedKey = ${it}\n`),
  part(40, (it) => `Key is not the correct length or format: \`${it}'`),
  // Keys of other programs.
  part(40, (it) => pem('OPENSSH PRIVATE KEY', it)),
  part(40, (it) => pem('RSA PRIVATE KEY', it)),
  part(40, (it) => pem('ENCRYPTED PRIVATE KEY', it)),
  part(40, (it) => `+${pem('EC PRIVATE KEY', it).replaceAll('\n', '\n+')}`),
  part(40, (it) => `-----BEGIN PRIVATE KEY-----\n${it}`),
  (seed) => plant(lettersOf(seed, 58).toUpperCase(), (it) => `AGE-SECRET-KEY-1${it}`),
  // Prompts.
  password((it) => `[sudo] password for ops: ${it}`),
  password((it) => `BECOME password: ${it}\nsu: failure`),
  password((it) => `Enter passphrase for key '/root/.ssh/id_ed25519': ${it} and more`),
  // The environment, and files of settings.
  password((it) => `+DB_PASSWORD="${it}"`),
  password((it) => `DB_PASS=${it} ./run`),
  password((it) => `MYSQL_PWD=${it} mysqldump`),
  password((it) => `export AWS_SECRET_ACCESS_KEY='${it}'`),
  password((it) => `GITHUB_TOKEN=${it}`),
  password((it) => `Environment=API_KEY=${it}`),
  password((it) => `{"user": "ops", "password": "${it}"}`),
  password((it) => `  auth_token: ${it}`),
  password((it) => `network={ ssid="home" psk="${it}" }`),
  password((it) => `machine example.net login ops password ${it}`),
  // Addresses.
  password((it) => `fetching https://ops:${it}@example.net/x failed`),
  password((it) => `DATABASE_URL=postgres://app:${it}@db.internal:5432/app`),
  password((it) => `redis://:${it}@cache:6379/0`),
  password((it) => `git clone https://${it}@example.net/x.git`),
  // Command lines, and tokens that scripts have in them.
  password((it) => `restic --password ${it} backup /`),
  password((it) => `step --api-token=${it} --quiet`),
  password((it) => `curl -fsS -u ops:${it} https://example.net/x`),
  password((it) => `sshpass -p ${it} ssh ops@example.net`),
  password((it) => `curl -H "Authorization: Bearer ${it}" https://example.net`),
  password((it) => `curl -H 'PRIVATE-TOKEN: ${it}' https://example.net`),
  (seed) => plant(`ghp_${lettersOf(seed, 36)}`, (it) => `echo ${it} | gh auth login`),
  (seed) => plant(`glpat-${lettersOf(seed, 20)}`, (it) => `login with ${it}`),
  (seed) =>
    plant(`eyJ${lettersOf(seed, 20)}.eyJ${lettersOf(seed, 30)}.${lettersOf(seed, 43)}`, (it) => `sent ${it}`),
];

/** More than fifty different ones. */
export const PLANTED = [...WAYS, ...WAYS.slice(0, 20)].map((way, index) => way(`secret ${index}`));

export const hidden = new Secret(passwordOf('hidden'));

/** Events of a run in which each text stands wherever a machine's words can. */
export function runWith(texts: readonly string[]): StampedEvent[] {
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

/** The forms of planted secrets that are in a text. */
export const secretsIn = (text: string): string[] =>
  [...PLANTED.map(({ secret }) => secret), hidden.reveal()]
    .flatMap(formsOf)
    .filter((form) => text.includes(form));
