import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

describe('what V8 has compiled', () => {
  const root = mkdtempSync(join(tmpdir(), 'code-cache-'));
  const name = `${process.version}-${process.arch}`;
  const built = join(root, `dist/cli/${name}.cache`);
  const used = join(root, `dist/cli/${name}.used.cache`);
  beforeAll(() => {
    for (const name of ['bin', 'dist', 'package.json'])
      cpSync(resolve(name), join(root, name), { recursive: true });
    for (const name of ['node_modules', 'schemas', 'playbooks']) symlinkSync(resolve(name), join(root, name));
  });
  beforeEach(() => {
    rmSync(used, { recursive: true, force: true });
    cpSync(resolve(`dist/cli/${name}.cache`), built);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  function run(program: string): string {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', `import { keepCompiled, load } from './bin/load.js';\n${program}`],
      { cwd: root, encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  }

  /** Ends like a command with this exit code; answers the file that V8 takes for the next one. */
  function nextTakes(command: string, exitCode: number, before = ''): string {
    run(`${before}\nkeepCompiled(load(), ['${command}'], ${exitCode});`);
    // In a process of its own: in the same one V8 needs no cache.
    return run("const { cache, isTaken } = load();\nprocess.stdout.write(isTaken ? cache : 'none');");
  }

  it('for an apply that went well is kept for the next command', () => {
    expect(nextTakes('apply', 0)).toBe(used);
    expect(nextTakes('validate', 2)).toBe(used);
  });

  it.each([
    ['apply', 3],
    ['validate', 0],
  ])('for %s with exit code %i is not', (command, exitCode) => {
    expect(nextTakes(command, exitCode)).toBe(built);
    expect(existsSync(used)).toBe(false);
  });

  it('for a long apply is not, for V8 has forgotten part of it', () => {
    expect(nextTakes('apply', 0, 'performance.now = () => 60_000;')).toBe(built);
  });

  it('from another V8 is compiled and kept again by an apply', () => {
    writeFileSync(used, 'of another V8');
    expect(nextTakes('validate', 0)).toBe('none');
    expect(nextTakes('apply', 0)).toBe(used);
  });

  it.each([
    ['a file that a process with the same id left', "writeFileSync([cache, process.pid].join('.'), 'left');"],
    ['a folder in its place', 'rmSync(cache, { force: true }); mkdirSync(cache);'],
    ['no folder any more', 'rmSync(dirname(cache), { recursive: true });'],
  ])('is left out, and nothing else goes wrong, because of %s', (_, before) => {
    const kept = join(root, 'dist/kept');
    cpSync(join(root, 'dist/cli'), kept, { recursive: true });
    try {
      run(`import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
const loaded = load();
const cache = ${JSON.stringify(used)};
${before}
keepCompiled(loaded, ['apply'], 0);`);
    } finally {
      rmSync(join(root, 'dist/cli'), { recursive: true, force: true });
      cpSync(kept, join(root, 'dist/cli'), { recursive: true });
      rmSync(kept, { recursive: true });
    }
  });

  it.each([
    ['validate', 0, built],
    ['apply', 0, used],
    ['validate', 2, 'none'],
  ])('if the build left nothing is kept for %s with exit code %i', (command, exitCode, file) => {
    rmSync(built);
    expect(nextTakes(command, exitCode)).toBe(file);
  });
});
