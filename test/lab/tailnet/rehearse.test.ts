import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { LabPaths } from '../../../src/lab/names.js';
import { BIN } from '../support/bridgehead.js';

const NAME = 'hybrid-edge-tailscale';
const INVENTORY = `inventory/${NAME}.yaml`;

async function run(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [BIN, ...args], {
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 1 << 24,
  });
  return stdout;
}

afterAll(() => run('lab', 'down', '-i', INVENTORY));

it('rehearses apps over a tailnet to GO, without a key of its user; a second apply changes nothing', async () => {
  const report = await run('rehearse', '-i', INVENTORY, '--with-reboot', '--keep');
  expect(report).toMatch(/^rehearsal +GO/m);
  expect(report).toMatch(/^ {2}GO +check: (\d+) of \1 gates GO$/m);
  expect(report).not.toMatch(/^ {2}STOP/m);
  expect(report).toMatch(/^tailnet +tailscale-peers +- +GO +2 of 2 pairs answer in the tailnet$/m);
  const again = /^ {2}bridgehead (lab run .* apply .*)$/m.exec(report)?.[1] ?? 'there is no such line';
  const second = await run(...again.split(' '));
  expect(second).toContain('Nothing to change');
  const key = readFileSync(new LabPaths(NAME).joinKey('tail'), 'utf8').trim();
  expect(key).not.toBe('');
  expect(`${report}${second}`).not.toContain(key);
});
