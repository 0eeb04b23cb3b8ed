import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  listPresharedKeys,
  parsePresharedFile,
} from '../../../../src/layers/wireguard/keys/preshared-files.js';
import { quote } from '../../../../src/remote/quote.js';
import { describeShells, runScript } from '../../../support/shells.js';

describeShells('the preshared keys of a folder', (shell) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead psk-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are listed by their checksums, and stay', () => {
    writeFileSync(join(folder, 'phone'), 'top secret\n', { mode: 0o640 });
    mkdirSync(join(folder, 'no-key'));
    const { stdout } = runScript(
      shell,
      listPresharedKeys(quote(folder), { variable: 'one', prefix: '@psk ' }),
    );
    expect(stdout).not.toContain('secret');
    const [line = '', ...others] = stdout.trimEnd().split('\n');
    expect(others).toEqual([]);
    expect(line).toMatch(/^@psk 640 /);
    expect(parsePresharedFile(line.slice('@psk '.length))).toMatchObject({
      path: join(folder, 'phone'),
      sha256: createHash('sha256').update('top secret').digest('hex'),
    });
  });

  it('are none without a folder', () => {
    expect(runScript(shell, listPresharedKeys(quote(join(folder, 'missing')))).stdout).toBe('');
  });
});

it.each(['', '600 root root', `600 root root ${'0'.repeat(63)} /a`, `${'0'.repeat(64)} /a`])(
  'no file with a preshared key is read from %j',
  (line) => {
    expect(parsePresharedFile(line)).toBeUndefined();
  },
);
