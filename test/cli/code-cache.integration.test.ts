import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

describe('what V8 has compiled', () => {
  const root = mkdtempSync(join(tmpdir(), 'code-cache-'));
  const used = join(root, 'dist/cli/used.cache');
  beforeAll(() => {
    for (const name of ['bin', 'dist', 'package.json'])
      cpSync(resolve(name), join(root, name), { recursive: true });
    for (const name of ['node_modules', 'schemas', 'playbooks']) symlinkSync(resolve(name), join(root, name));
  });
  beforeEach(() => rmSync(used, { recursive: true, force: true }));
  afterAll(() => rmSync(root, { recursive: true }));

  /** Ends like a command with this exit code; answers whether the next one starts from what it kept. */
  function keeps(command: string, exitCode: number, before = ''): boolean {
    const program = `import { keepUsed, load } from './bin/load.js';
${before}
keepUsed(load(), ['${command}'], ${exitCode});
process.stdout.write(String(load().isUsed));`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { cwd: root, encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout === 'true';
  }

  it('for an apply that went well is kept for the next command', () => {
    expect(keeps('apply', 0)).toBe(true);
    expect(keeps('validate', 2)).toBe(true);
  });

  it.each([
    ['apply', 3],
    ['validate', 0],
  ])('for %s with exit code %i is not', (command, exitCode) => {
    expect(keeps(command, exitCode)).toBe(false);
    expect(existsSync(used)).toBe(false);
  });

  it('for a long apply is not, for V8 has forgotten part of it', () => {
    expect(keeps('apply', 0, 'performance.now = () => 60_000;')).toBe(false);
  });

  it('from another V8 is compiled and kept again', () => {
    writeFileSync(used, 'of another V8');
    expect(keeps('apply', 0)).toBe(true);
  });
});
