import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { BridgeheadError } from '../../../src/core/errors.js';
import { readSecret } from '../../../src/core/secrets/read-secret.js';

const what = 'apps.photos.options.auth';

describe('a secret', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-secret-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const failure = (reading: Promise<unknown>): Promise<BridgeheadError> =>
    reading.then(
      () => {
        throw new Error('it was read');
      },
      (error: unknown) => {
        if (!(error instanceof BridgeheadError)) throw error;
        return error;
      },
    );

  it('comes from an environment variable, and prints as redacted', async () => {
    const secret = await readSecret({ what, env: 'KEY' }, { KEY: 'tskey-1' });
    expect(secret.reveal()).toBe('tskey-1');
    expect([String(secret), JSON.stringify({ secret }), inspect(secret)].join()).not.toContain('tskey');
  });

  it('comes from the first line of a file, also below the home folder', async () => {
    writeFileSync(join(folder, 'key'), 'tskey-2\r\nmore\n', { mode: 0o600 });
    expect((await readSecret({ what, file: join(folder, 'key') }, {})).reveal()).toBe('tskey-2');
    expect((await readSecret({ what, file: '~/key' }, { HOME: folder })).reveal()).toBe('tskey-2');
  });

  it('comes from a program that runs in the folder, without a shell', async () => {
    writeFileSync(join(folder, 'key'), 'tskey-3\n');
    const ref = { what, command: ['cat', 'key'], folder };
    expect((await readSecret(ref, process.env)).reveal()).toBe('tskey-3');
    writeFileSync(join(folder, 'print'), '#!/bin/sh\necho "$1"\n', { mode: 0o755 });
    const own = { what, command: ['./print', '$(id) key'], folder };
    expect((await readSecret(own, process.env)).reveal()).toBe('$(id) key');
  });

  it('names the reference and the place when it can’t be had, and nothing of what was read', async () => {
    const file = join(folder, 'open');
    writeFileSync(file, 'tskey-4\n');
    chmodSync(file, 0o644);
    const failures = await Promise.all(
      [
        { what, env: 'KEY' },
        { what, file },
        { what, file: join(folder, 'none') },
        { what, command: ['sh', '-c', 'echo tskey-5; exit 3'], folder },
        { what, command: ['true'], folder },
        { what, command: ['no-such-program'], folder },
      ].map((ref) => failure(readSecret(ref, { PATH: process.env['PATH'] }))),
    );
    expect(failures.map(({ code, message }) => `${code} ${message.replaceAll(folder, '')}`)).toEqual([
      `E_SECRET ${what}: environment variable KEY is not set`,
      `E_SECRET ${what}: /open is readable by others`,
      `E_SECRET ${what}: /none does not exist`,
      `E_SECRET ${what}: command sh ended with status 3`,
      `E_SECRET ${what}: command true has an empty first line`,
      `E_SECRET ${what}: command no-such-program is not there`,
    ]);
    expect(inspect(failures, { depth: 9 })).not.toMatch(/tskey-[45](?!;)/);
  });
});
