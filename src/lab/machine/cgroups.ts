import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError } from '../../core/errors.js';

const ROOT = 'bridgehead-lab';

/** Mount points of the hierarchies in which each machine gets a group of its own. */
export async function hierarchies(): Promise<readonly string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  return mounts
    .filter(
      ([, , type, options]) =>
        type === 'cgroup2' || (type === 'cgroup' && /(^|,)name=systemd(,|$)/.test(options ?? '')),
    )
    .flatMap(([, point]) => (point === undefined ? [] : [point]));
}

/** The folders of one group, such as `home-mesh/wk-1`, one per hierarchy; made if they don't exist. */
export async function makeGroup(...names: readonly string[]): Promise<readonly string[]> {
  const folders = await groupFolders(...names);
  for (const folder of folders) await mkdir(folder, { recursive: true });
  return folders;
}

async function groupFolders(...names: readonly string[]): Promise<readonly string[]> {
  return (await hierarchies()).map((point) => join(point, ROOT, ...names));
}

/** Every process in a group and the groups below it. */
export async function groupProcesses(...names: readonly string[]): Promise<readonly number[]> {
  const ids = new Set<number>();
  for (const folder of await groupFolders(...names)) {
    for (const group of await foldersBelow(folder)) {
      const text = await unlessGone(readFile(join(group, 'cgroup.procs'), 'utf8'), '');
      // A process of another pid namespace reads as 0.
      for (const id of text.split('\n').map(Number)) if (id > 0) ids.add(id);
    }
  }
  return [...ids];
}

/**
 * Kills every process in a group, and removes it. It is fine if there is none; rejects with E_LAB if something won't end.
 */
export async function removeGroup(...names: readonly string[]): Promise<number> {
  const killed = new Set<number>();
  const deadline = Date.now() + 15_000;
  for (let pause = 5; ; pause = Math.min(pause * 2, 200)) {
    const left = await groupProcesses(...names);
    for (const id of left) {
      killed.add(id);
      kill(id);
    }
    const folders = (await Promise.all((await groupFolders(...names)).map(foldersBelow))).flat();
    if (left.length === 0 && (await removeFolders(folders))) return killed.size;
    if (Date.now() > deadline) {
      throw new BridgeheadError('E_LAB', `the processes of ${names.join('/')} do not end`, {
        evidence: `still there: ${left.join(', ') || folders.join(', ')}`,
        fix: 'run `bridgehead lab down` again',
      });
    }
    await sleep(pause);
  }
}

/** Removes the group that all labs share, once the last of them is gone. */
export async function removeRootGroup(): Promise<void> {
  for (const folder of await groupFolders()) await removeFolders([folder]);
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether all are gone; a group that is still busy stays, which isn't an error. */
async function removeFolders(folders: readonly string[]): Promise<boolean> {
  let gone = true;
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    try {
      await rmdir(folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EBUSY' || code === 'ENOTEMPTY') gone = false;
      else if (code !== 'ENOENT') throw error;
    }
  }
  return gone;
}

async function foldersBelow(folder: string): Promise<string[]> {
  const entries = await unlessGone(readdir(folder, { withFileTypes: true }), undefined);
  if (entries === undefined) return [];
  const below = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => foldersBelow(join(folder, entry.name)));
  return [folder, ...(await Promise.all(below)).flat()];
}

async function unlessGone<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENODEV' || code === 'EOPNOTSUPP') return otherwise;
    throw error;
  }
}

/** Moves this process into a group; only used by shells that are about to become a helper. */
export function joinScript(folders: readonly string[]): string {
  return folders.map((folder) => `echo $$ >'${join(folder, 'cgroup.procs')}'`).join('\n');
}
