import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { quote } from '../../../src/remote/quote.js';
import { folderWith } from '../../cli/helpers.js';

const command = (file: string): string[] => [
  process.execPath,
  '--import',
  resolve('scripts/typescript.js'),
  resolve('test/app/terminal/output-main.ts'),
  file,
];

async function until<T>(read: () => T | undefined): Promise<T | undefined> {
  for (let waited = 0; waited < 15_000; waited += 50) {
    const found = read();
    if (found !== undefined) return found;
    await setTimeout(50);
  }
  return undefined;
}

const textOf = (file: string): string | undefined =>
  existsSync(file) && readFileSync(file, 'utf8') !== '' ? readFileSync(file, 'utf8') : undefined;

describe('what is interrupted ends cleanly, with its exit code', () => {
  it('if its terminal is closed', async () => {
    const folder = folderWith({});
    const [notes, code] = [join(folder, 'notes'), join(folder, 'code')];
    // As a shell that a person uses, it passes the signal on to what runs in it; then it sees how that ends.
    const words = command(notes).map(quote).join(' ');
    const shell = `trap 'kill -HUP $!' HUP; ${words} <&0 & wait $!; wait $!; echo $? >${quote(code)}`;
    const terminal = spawn('script', ['-qec', shell, '/dev/null'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, SHELL: '/bin/sh' },
    });
    try {
      expect(await until(() => textOf(notes))).toMatch(/^began\n/);
    } finally {
      terminal.kill('SIGKILL');
    }
    expect(await until(() => textOf(code))).toBe('42\n');
    expect(textOf(notes)).toMatch(/\nended: interrupted by SIGHUP\n$/);
  });

  it('if the disk is full that its output goes to', async () => {
    const notes = join(folderWith({}), 'notes');
    const full = openSync('/dev/full', 'w');
    try {
      const [program = '', ...args] = command(notes);
      const { status, stderr } = spawnSync(program, args, {
        encoding: 'utf8',
        stdio: ['ignore', full, 'pipe'],
      });
      expect({ status, stderr }).toEqual({ status: 42, stderr: 'and complained about\n'.repeat(10) });
    } finally {
      closeSync(full);
    }
    expect(textOf(notes)).toMatch(/\nended: standard output cannot be written\nENOSPC: [^\n]+\n$/);
  });

  it('if the reader of a pipe is gone, which interrupts nothing', async () => {
    const notes = join(folderWith({}), 'notes');
    const script = `trap '' PIPE; { ${command(notes).map(quote).join(' ')} & echo $! >&2; wait $!; echo $? >&2; } | head -n 1`;
    const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const ended = new Promise((done) => child.on('close', done));
    expect(await until(() => (textOf(notes)?.split('\n').length ?? 0) > 5 || undefined)).toBe(true);
    process.kill(Number(stderr.split('\n')[0]), 'SIGTERM');
    await ended;
    expect(stderr).toMatch(/\n42\n$/);
    expect(textOf(notes)).toMatch(/\nended: interrupted by SIGTERM\n$/);
  });
});

describe('a command that only prints', () => {
  it('does not take the beginning of its output for all of it', () => {
    const file = join(folderWith({}), 'help');
    const output = openSync(file, 'w');
    try {
      const command = [process.execPath, 'bin/bridgehead.js', 'help', 'apply'];
      const { status, stderr } = spawnSync('prlimit', ['--fsize=1000', ...command], {
        encoding: 'utf8',
        stdio: ['ignore', output, 'pipe'],
      });
      expect({ status, stderr }).toEqual({
        status: 130,
        stderr: expect.stringMatching(/^error: standard output cannot be written: EFBIG: /),
      });
    } finally {
      closeSync(output);
    }
    expect(readFileSync(file, 'utf8')).toHaveLength(1000);
  });

  it.each([['help'], ['validate', '-i', 'inventory/home-mesh.yaml']])(
    'reports in a sentence that the disk is full: %s %s %s',
    (...argv) => {
      const full = openSync('/dev/full', 'w');
      try {
        const { status, stderr } = spawnSync(process.execPath, ['bin/bridgehead.js', ...argv], {
          encoding: 'utf8',
          stdio: ['ignore', full, 'pipe'],
        });
        expect({ status, stderr }).toEqual({
          status: 130,
          stderr: expect.stringMatching(
            /^error: standard output cannot be written: ENOSPC: no space left on device, write\nfix: [^\n]+\n$/,
          ),
        });
      } finally {
        closeSync(full);
      }
    },
  );
});
