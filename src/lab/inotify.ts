import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_ROOT } from './names.js';

/** A machine's systemd, and wireguard-go in it, each take several. */
const WANTED: Readonly<Record<string, number>> = { max_user_instances: 1024, max_user_watches: 262_144 };
const SAVED = join(RUN_ROOT, '.inotify.json');

const keyPath = (key: string) => `/proc/sys/fs/inotify/${key}`;

/** Raises the host's inotify limits where they are low, and notes what they were. */
export async function raiseInotify(log: (line: string) => void): Promise<void> {
  const before: Record<string, number> = await saved();
  for (const [key, wanted] of Object.entries(WANTED)) {
    const now = Number(await readFile(keyPath(key), 'utf8'));
    if (now >= wanted) continue;
    before[key] ??= now;
    await mkdir(RUN_ROOT, { recursive: true, mode: 0o700 });
    await writeFile(SAVED, JSON.stringify(before), { mode: 0o600 });
    await writeFile(keyPath(key), `${wanted}\n`);
    log(`raised fs.inotify.${key} from ${now} to ${wanted} until the last lab is down`);
  }
}

/** Puts the limits back as they were, unless someone else has changed them since. */
export async function restoreInotify(): Promise<void> {
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
