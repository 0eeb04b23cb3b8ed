import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { BIN } from './support/bridgehead.js';

jest.setTimeout(300_000);

describe('a rehearsal ends GO', () => {
  it.each(['two-sites', 'jump-and-ports', 'six', 'relay'])('for inventory/%s.yaml', async (name) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [BIN, 'rehearse', '-i', `inventory/${name}.yaml`],
      {
        env: { ...process.env, NO_COLOR: '1' },
        maxBuffer: 1 << 24,
      },
    );
    expect(stdout).toMatch(/^rehearsal +GO/m);
  });
});
