import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWhole, writeWhole } from '../host/whole-file.js';
import { RUN_ROOT } from '../names.js';

/** A machine's systemd and its wireguard-go each watch files; all machines share one neighbour table. */
const WANTED: Readonly<Record<string, number>> = {
  'fs.inotify.max_user_instances': 1024,
  'fs.inotify.max_user_watches': 262_144,
  'net.ipv4.neigh.default.gc_thresh3': 65_536,
  'net.ipv6.neigh.default.gc_thresh3': 65_536,
};
const SAVED = join(RUN_ROOT, '.host-limits.json');

const saved = async () => (await readWhole<Record<string, number>>(SAVED)) ?? {};
const keyPath = (key: string) => `/proc/sys/${key.replaceAll('.', '/')}`;

/** Raises the host's limits if they are low, and records the old values in the folder that labs share. */
export async function raiseHostLimits(log: (line: string) => void): Promise<void> {
  const before = await saved();
  for (const [key, wanted] of Object.entries(WANTED)) {
    if (!existsSync(keyPath(key))) continue;
    const now = Number(await readFile(keyPath(key), 'utf8'));
    if (now >= wanted) continue;
    before[key] ??= now;
    await writeWhole(SAVED, before);
    await writeFile(keyPath(key), `${wanted}\n`);
    log(`raised ${key} from ${now} to ${wanted} until the last lab is down`);
  }
}

/** Resets the limits, unless something else has changed them since. */
export async function restoreHostLimits(): Promise<void> {
  for (const [key, value] of Object.entries(await saved())) {
    const now = Number(await readFile(keyPath(key), 'utf8'));
    if (now === WANTED[key]) await writeFile(keyPath(key), `${value}\n`);
  }
  for (const file of [SAVED, `${SAVED}.new`]) await rm(file, { force: true });
}
