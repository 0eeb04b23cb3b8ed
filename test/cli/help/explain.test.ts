import { ERROR_CODES, EXIT } from '../../../src/core/errors.js';
import { cli, folderWith } from '../helpers.js';

it('shows a page with its exit code', async () => {
  const { code, stdout } = await cli(['explain', 'E_LOCKED']);
  expect(code).toBe(EXIT.go);
  expect(stdout).toMatch(/^E_LOCKED\n\nAnother run holds/);
  expect(stdout).toMatch(/exits with 6: bridgehead explain 6\n$/);
});

it('shows which errors end in an exit code', async () => {
  const { stdout } = await cli(['explain', '5']);
  expect(stdout).toMatch(/^Exit code 5\n\na guard reverted a change\n/);
  expect([...stdout.matchAll(/^ {2}(E_\w+)/gm)].map(([, name]) => name)).toEqual([
    'E_REVERTED',
    'E_REVERT_FAILED',
  ]);
});

it('lists every code, gate and exit code, on lines that fit', async () => {
  const { stdout } = await cli(['explain']);
  for (const name of [...Object.keys(ERROR_CODES), 'handshake', 'lan', '130']) {
    expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  }
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

it('refuses what it does not know', async () => {
  const { code, stderr } = await cli(['explain', 'handshak']);
  expect(code).toBe(EXIT.badInput);
  expect(stderr).toContain('did you mean `bridgehead explain handshake`?');
});

describe('errors name it once', () => {
  const of = (text: string) => [...text.matchAll(/bridgehead explain (\S+)/g)].map(([, topic]) => topic);
  it.each([
    ['on a terminal', true, ['E_INPUT']],
    ['not in a log', false, []],
  ])('%s', async (_where, tty, topics) => {
    const folder = folderWith({ 'inventory.yaml': 'nme: x\n' });
    expect(of((await cli(['validate'], folder, tty)).stderr)).toEqual(topics);
  });
});
