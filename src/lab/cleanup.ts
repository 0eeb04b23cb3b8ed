import { rmdir } from 'node:fs/promises';
import { withLock } from './host/lock.js';
import { removeFolder } from './host/remove-folder.js';
import { groupProcesses, removeGroup, removeRootGroup } from './machine/cgroups.js';
import { DISK_ROOT, type LabPaths, RUN_ROOT } from './names.js';
import { restoreHostLimits } from './network/host-limits.js';
import { labNames } from './state.js';

/** Held while shared parts of all labs are made or removed. */
export const SHARED_LOCK = 'what labs share';
export const SHARED_WAIT_MS = 30_000;

/** Whether any process of a lab is alive. */
export async function labLives(paths: LabPaths): Promise<boolean> {
  return (await groupProcesses(paths.lab)).length > 0;
}

/**
 * Takes down all of one lab, whatever state it is in: processes, mounts and pinned namespaces, groups, folders; with the
 * last lab, what labs share. It is fine if there is nothing. Returns how many processes it ended.
 */
export async function tearDown(paths: LabPaths): Promise<number> {
  const ended = await removeGroup(paths.lab);
  for (const folder of [paths.run, paths.disk]) await removeFolder(folder);
  await withLock(SHARED_LOCK, SHARED_WAIT_MS, async () => {
    if ((await labNames()).length === 0) await removeShared();
  });
  return ended;
}

async function removeShared(): Promise<void> {
  await restoreHostLimits();
  await removeRootGroup();
  const left = [RUN_ROOT, DISK_ROOT, '/run/systemd/nspawn', '/run/systemd'];
  for (const folder of left) await removeIfEmpty(folder);
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EBUSY') throw error;
  }
}
