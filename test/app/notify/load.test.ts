import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadRecipients } from '../../../src/app/notify/load.js';
import { notifySchema } from '../../../src/app/notify/schema.js';
import { formatProblem, InputError } from '../../../src/core/errors.js';
import { cli, folderWith } from '../../cli/helpers.js';

async function load(text: string, { env = {}, secret = '' } = {}) {
  const cwd = folderWith({ 'notify.yaml': text });
  if (secret !== '') writeFileSync(join(cwd, 'secret'), secret, { mode: 0o600 });
  return loadRecipients(join(cwd, 'notify.yaml'), { env, cwd });
}

async function problems(text: string, env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const error: unknown = await load(text, { env }).catch((reason: unknown) => reason);
  if (!(error instanceof InputError)) throw new Error('it is accepted');
  return error.problems.map((problem) => formatProblem({ ...problem, file: 'notify.yaml' }));
}

it('has the recipients with their secrets, which print as nothing', async () => {
  const recipients = await load(
    `notify:
  - webhook: https://hooks.example.com/network
    secret: { file: secret }
  - webhook: { env: HOOK }
    on: [always]
  - command: [page, --urgent]
    on: [stop]
`,
    { env: { HOOK: 'http://192.168.1.5:8123/api/webhook/a-token' }, secret: 's3cret\n' },
  );
  expect(recipients.map(({ on, via }) => [on, via.kind === 'webhook' ? via.host : via.words])).toEqual([
    [['drift', 'stop', 'failure'], 'hooks.example.com'],
    [['always'], '192.168.1.5:8123'],
    [['stop'], ['page', '--urgent']],
  ]);
  expect(JSON.stringify(recipients)).not.toMatch(/a-token|s3cret/);
});

it.each([
  [
    'notify: []\n',
    ['notify.yaml:1:1  notify: is empty; name at least one webhook or command, and at most 20'],
  ],
  [
    'notify:\n  - on: [stop]\n',
    [
      'notify.yaml:2:5  notify[0]: names neither a webhook nor a command; each entry must have exactly one of: webhook, command',
    ],
  ],
  [
    'notify:\n  - webhook: https://a.example/x\n    command: [page]\n',
    [
      'notify.yaml:2:5  notify[0]: names a webhook and a command; each entry must have exactly one of: webhook, command',
    ],
  ],
  [
    'notify:\n  - command: [page]\n    secret: { env: KEY }\n',
    ['notify.yaml:3:13  notify[0].secret: a command is not signed; remove it, or name a webhook'],
  ],
  [
    'notify:\n  - webhook: hooks.example.com\n  - webhook: https://me:pw@hooks.example.com/\n',
    [
      'notify.yaml:2:14  notify[0].webhook: is not a web address; write one such as https://hooks.example.com/network',
      'notify.yaml:3:14  notify[1].webhook: has a user or a password in front of the host; remove them; requests are signed with `secret` instead',
    ],
  ],
  [
    'notify:\n  - webhook: { env: HOOK }\n    secret: { file: gone }\n',
    [
      'notify.yaml:2:21  notify[0].webhook.env: the environment has no HOOK; set it, or name a file',
      'notify.yaml:3:21  notify[0].secret.file: gone does not exist; it must be the path of a file, mode 0600, with the secret on its first line',
    ],
  ],
  [
    'notify:\n  - webhook: https://a.example/x\n    on: [drfit]\n',
    [
      'notify.yaml:3:10  notify[0].on[0]: must be one of drift, stop, failure, always; got "drfit"; did you mean "drift"?',
    ],
  ],
  [
    'notify:\n  - webhok: https://a.example/x\n',
    [
      'notify.yaml:2:5  notify[0].webhok: unknown key; did you mean "webhook"? allowed: webhook, secret, command, on',
    ],
  ],
])('refuses %j with its place and what would be right', async (text, expected) => {
  expect(await problems(text)).toEqual(expected);
});

it('refuses a secret that others can read', async () => {
  const cwd = folderWith({
    'notify.yaml': 'notify:\n  - webhook: https://a.example/x\n    secret: { file: open }\n',
    open: 'x\n',
  });
  chmodSync(join(cwd, 'open'), 0o644);
  await expect(loadRecipients(join(cwd, 'notify.yaml'), { env: {}, cwd })).rejects.toThrow(
    'open is readable by others; run: chmod 600 open',
  );
});

it('reports what is wrong in it and in the inventory together, and connects to nothing', async () => {
  const cwd = folderWith({ 'notify.yaml': 'notify: []\n', 'net.yaml': 'name: A b\n' });
  const at = (name: string) => join(cwd, name);
  const { code, stderr } = await cli(['plan', '-i', at('net.yaml'), '--notify', at('notify.yaml')], cwd);
  expect(code).toBe(2);
  expect(stderr).toMatch(/notify\.yaml:1:1 {2}notify: is empty/);
  expect(stderr).toMatch(/net\.yaml:1:7 {2}name: /);
});

it('schemas/notify.schema.json is that of the sources', () => {
  expect(JSON.parse(readFileSync('schemas/notify.schema.json', 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(notifySchema())),
  );
});
