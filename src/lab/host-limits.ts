import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_ROOT } from './names.js';

/** A machine's systemd, and wireguard-go in it, each watch files; all machines together have one table of neighbours. */
const WANTED: Readonly<Record<string, number>> = {
  'fs.inotify.max_user_instances': 1024,
  'fs.inotify.max_user_watches': 262_144,
  'net.ipv4.neigh.default.gc_thresh3': 65_536,
  'net.ipv6.neigh.default.gc_thresh3': 65_536,
};
const SAVED = join(RUN_ROOT, '.host-limits.json');

const keyPath = (key: string) => `/proc/sys/${key.replaceAll('.', '/')}`;

/** Raises the host's limits where they are low, and notes what they were. */
export async function raiseHostLimits(log: (line: string) => void): Promise<void> {
  const before: Record<string, number> = await saved();
  for (const [key, wanted] of Object.entries(WANTED)) {
    if (!existsSync(keyPath(key))) continue;
    const now = Number(await readFile(keyPath(key), 'utf8'));
    if (now >= wanted) continue;
    before[key] ??= now;
    await mkdir(RUN_ROOT, { recursive: true, mode: 0o700 });
    await writeFile(SAVED, JSON.stringify(before), { mode: 0o600 });
    await writeFile(keyPath(key), `${wanted}\n`);
    log(`raised ${key} from ${now} to ${wanted} until the last lab is down`);
  }
}

/** Puts the limits back as they were, unless someone else has changed them since. */
export async function restoreHostLimits(): Promise<void> {
  for (const [key, value] of Object.entries(await saved())) {
    const now = Number(await readFile(keyPath(key), 'utf8'));
    if (now === WANTED[key]) await writeFile(keyPath(key), `${value}\n`);
  }
  await rm(SAVED, { force: true });
}

async function saved(): Promise<Record<string, number>> {
  try {
    return JSON.parse(await readFile(SAVED, 'utf8')) as Record<string, number>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
