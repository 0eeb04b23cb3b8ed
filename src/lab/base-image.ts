import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BridgeheadError } from '../errors.js';
import { baseKey, baseScript } from './base-recipe.js';
import { joinScript, makeGroup } from './cgroups.js';
import { run, tail } from './command.js';
import { CACHE_ROOT, LabPaths } from './names.js';
import { labNames, readRecord } from './state.js';
import type { LabOptions, Release } from './types.js';

const DAY = 24 * 60 * 60 * 1000;
/** Older ones hold package lists that name versions which mirrors no longer keep. */
const FRESH_DAYS = 7;

/**
 * The root tree of a release, built when there is none or the newest is a week old; two builders wait for each other.
 * Rejects with E_LAB when it can't be built and there is no older one to fall back on.
 */
export async function ensureBase(release: Release, paths: LabPaths, options: LabOptions): Promise<string> {
  const mirror = process.env['BRIDGEHEAD_LAB_MIRROR'];
  const key = baseKey(release, mirror);
  const today = Math.floor(Date.now() / DAY);
  await mkdir(CACHE_ROOT, { recursive: true, mode: 0o755 });
  const [newest] = (await generations())
    .filter(({ key: other }) => other === key)
    .sort((a, b) => b.day - a.day);
  if (newest !== undefined && today - newest.day < FRESH_DAYS) return newest.path;

  const target = join(CACHE_ROOT, `${key}.${today}`);
  options.log(`building the base image of Debian ${release} in ${target}: about half a minute, once a week`);
  const started = Date.now();
  const { code, stderr } = await build(baseScript({ release, mirror, target }), key, paths, options);
  if (code === 0) {
    options.log(
      `built the base image of Debian ${release} in ${Math.round((Date.now() - started) / 1000)} s`,
    );
    await removeStale(release, target);
    return target;
  }
  if (newest !== undefined) {
    options.log(
      `could not build a fresh base image of Debian ${release}; going on with that of ${today - newest.day} days ago`,
    );
    return newest.path;
  }
  throw new BridgeheadError('E_LAB', `the base image of Debian ${release} could not be built`, {
    evidence: tail(stderr),
    fix: 'see that the Debian mirror can be reached; BRIDGEHEAD_LAB_MIRROR names another one',
  });
}

/** One builder at a time; in a mount namespace of its own, so that nothing stays mounted when it is killed. */
async function build(script: string, key: string, paths: LabPaths, { signal }: LabOptions) {
  const file = join(paths.run, `base-${key}.sh`);
  await writeFile(file, script, { mode: 0o700 });
  const folders = await makeGroup(paths.lab, 'helpers/base');
  const lock = join(CACHE_ROOT, `.lock-${key}`);
  const wrapped = `set -e\n${joinScript(folders)}\numask 022\nexec flock "$1" unshare --mount sh "$2"`;
  return run(['sh', '-c', wrapped, 'build', lock, file], { signal, timeoutMs: 20 * 60_000 });
}

async function generations(): Promise<{ key: string; day: number; path: string }[]> {
  return (await readdir(CACHE_ROOT)).flatMap((name) => {
    const match = /^([a-z]+-[0-9a-f]{12})\.(\d+)$/.exec(name);
    const [, key, day] = match ?? [];
    return key === undefined ? [] : [{ key, day: Number(day), path: join(CACHE_ROOT, name) }];
  });
}

/** Removes older bases of a release on which no lab stands. */
async function removeStale(release: Release, current: string): Promise<void> {
  const records = await Promise.all((await labNames()).map((name) => readRecord(new LabPaths(name))));
  const used = new Set(records.flatMap((record) => Object.values(record?.bases ?? {})));
  for (const { key, path } of await generations()) {
    if (!key.startsWith(`${release}-`) || path === current || used.has(path)) continue;
    await rm(path, { recursive: true, force: true });
  }
}
