import { spawnSync } from 'node:child_process';
import { cli } from '../helpers.js';

it('is what mandoc takes without a complaint, and has every command and option', async () => {
  const { code, stdout } = await cli(['man']);
  expect(code).toBe(0);
  const lint = spawnSync('mandoc', ['-Tlint', '-Wwarning'], { input: stdout, encoding: 'utf8' });
  expect({ status: lint.status, said: lint.stdout }).toEqual({ status: 0, said: '' });
  const { stdout: shown } = spawnSync('mandoc', ['-Tascii', '-Owidth=200'], {
    input: stdout,
    encoding: 'utf8',
  });
  const plain = shown.replaceAll(/.\u0008/g, '');
  for (const text of [
    'bridgehead client add',
    '--guard-seconds <seconds>',
    'bridgehead apply --resume',
    '130',
    'wg-quick(8)',
  ])
    expect(plain).toContain(text);
  expect(plain).not.toContain('__complete');
});
