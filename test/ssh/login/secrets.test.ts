import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BridgeheadError, messageOf } from '../../../src/core/errors.js';
import { createHome } from '../../../src/ssh/config/home.js';
import { Secrets } from '../../../src/ssh/login/secrets.js';
import { makeNode } from '../support/inventory.js';

const folder = mkdtempSync(join(tmpdir(), 'bridgehead-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sudoPassword = (value: string, ssh = {}) =>
  new Secrets(createHome({ HOME: folder, BRIDGEHEAD_SUDO_PASSWORD_FILE: value }), undefined).sudoPassword(
    makeNode('wk-1', { host: 'wk-1', ...ssh }),
    'ops',
  );

it('reads the first line of the file that the variable names, below ~ too', async () => {
  writeFileSync(join(folder, 'sudo'), 'hunter2\nmore\n', { mode: 0o600 });
  expect((await sudoPassword('~/sudo'))?.reveal()).toBe('hunter2');
});

it.each([
  ['hunter2', {}, 'BRIDGEHEAD_SUDO_PASSWORD_FILE: its file does not exist'],
  ['', { sudoPasswordFile: '~/none' }, `sudo password: ${folder}/none does not exist`],
])('says where a missing file was named, and shows no value of the variable', async (value, ssh, message) => {
  const error = await sudoPassword(value, ssh).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BridgeheadError)) throw new Error('it was read');
  expect(messageOf(error)).toBe(message);
  expect(error.details.fix).toBe(
    'it must be the path of a file, mode 0600, with the secret on its first line',
  );
  expect(`${error.stack} ${error.cause}`).not.toContain('hunter2');
});
