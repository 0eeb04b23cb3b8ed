import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../../../src/lab/host/remove-folder.js';
import { canMount } from '../../support/can-mount.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-removed-'));
});
const mounts = (): string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .filter((point) => point.startsWith(folder));
afterEach(() => {
  // The latest isn't covered by any other.
  for (const point of mounts().reverse()) execFileSync('umount', ['--lazy', point.replaceAll('\\040', ' ')]);
  rmSync(folder, { recursive: true, force: true });
});

it('is fine if there is no folder', async () => {
  rmSync(folder, { recursive: true });
  await removeFolder(folder);
});

(canMount ? describe : describe.skip)('a folder in which something is mounted', () => {
  const mount = (point: string) => {
    mkdirSync(join(folder, point), { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', join(folder, point)]);
  };

  it('is removed with what other mounts cover', async () => {
    for (const point of ['plain', 'with space', 'covered/below', 'covered', '.']) mount(point);
    await removeFolder(folder);
    expect([existsSync(folder), mounts()]).toEqual([false, []]);
  });

  it('is removed although a process still mounts there for a while', async () => {
    writeFileSync(join(folder, 'pin'), '');
    writeFileSync(join(folder, 'from'), '');
    const script = 'for i in $(seq 30); do mount --bind "$1/from" "$1/pin" && echo mounted; done 2>/dev/null';
    const late = spawn('sh', ['-c', script, 'sh', folder], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(late, 'close');
    await once(late.stdout.resume(), 'data');
    await removeFolder(folder);
    expect([existsSync(folder), mounts()]).toEqual([false, []]);
    await ended;
  });
});
