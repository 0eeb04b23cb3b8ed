import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import { runCommand, tail } from '../host/command.js';
import { CACHE_ROOT, LabPaths } from '../names.js';
import { labNames, readRecord } from '../state.js';
import type { Image, LabOptions } from '../types.js';
import { baseKey, baseScript, imageName } from './base-recipe.js';
import { joinScript, makeGroup, removeGroup } from './cgroups.js';

const DAY = 24 * 60 * 60 * 1000;
/** Older ones have package lists with versions that mirrors no longer have. */
const FRESH_DAYS = 7;
const FORGOTTEN_DAYS = 30;

/**
 * The root tree of an image, built when there is none or the newest is a week old; two builders wait for each other. Rejects
 * with E_LAB if it can't be built and there is no older one to fall back on.
 */
export async function ensureBase(image: Image, paths: LabPaths, options: LabOptions): Promise<string> {
  const mirror = process.env['BRIDGEHEAD_LAB_MIRROR'];
  const key = baseKey(image, mirror);
  const today = Math.floor(Date.now() / DAY);
  await mkdir(CACHE_ROOT, { recursive: true, mode: 0o755 });
  const [newest] = (await generations())
    .filter(({ key: other }) => other === key)
    .sort((a, b) => b.day - a.day);
  if (newest !== undefined && today - newest.day < FRESH_DAYS) return newest.path;

  const target = join(CACHE_ROOT, `${key}.${today}`);
  const unfinished = `${target}.tmp.${process.pid}`;
  options.log(`building ${imageName(image)} in ${target}: about half a minute, once a week`);
  const started = Date.now();
  const script = baseScript({ image, mirror, target, build: unfinished });
  const { code, stderr } = await build(script, key, paths, options).finally(() =>
    rm(unfinished, { recursive: true, force: true }),
  );
  if (code === 0) {
    options.log(`built ${imageName(image)} in ${Math.round((Date.now() - started) / 1000)} s`);
    await removeStale(key, target, today);
    return target;
  }
  if (newest !== undefined) {
    options.log(`could not rebuild ${imageName(image)}; using the one from ${today - newest.day} days ago`);
    return newest.path;
  }
  throw new BridgeheadError('E_LAB', `${imageName(image)} could not be built`, {
    evidence: tail(stderr),
    fix: 'check that the Debian mirror can be reached; BRIDGEHEAD_LAB_MIRROR sets another one',
  });
}

/** One builder at a time; in a mount namespace of its own, so that nothing stays mounted when it is killed. */
async function build(script: string, key: string, paths: LabPaths, { signal }: LabOptions) {
  const file = join(paths.run, `base-${key}.sh`);
  await writeFile(file, script, { mode: 0o700 });
  const group = `helpers/base-${key}`;
  const folders = await makeGroup(paths.lab, group);
  const lock = join(CACHE_ROOT, `.lock-${key}`);
  const wrapped = `set -e\n${joinScript(folders)}\numask 022\nexec flock "$1" unshare --mount sh "$2"`;
  // apt starts dpkg in a session of its own, which the end of the process group would not reach.
  const ending: Promise<unknown>[] = [];
  const end = () => ending.push(removeGroup(paths.lab, group));
  signal?.addEventListener('abort', end, { once: true });
  try {
    return await runCommand(['sh', '-c', wrapped, 'build', lock, file], { signal, timeoutMs: 20 * 60_000 });
  } finally {
    signal?.removeEventListener('abort', end);
    await Promise.all(ending);
  }
}

async function generations(): Promise<{ key: string; day: number; path: string }[]> {
  return (await readdir(CACHE_ROOT)).flatMap((name) => {
    const match = /^([a-z]+-[0-9a-f]{12})\.(\d+)$/.exec(name);
    const [, key, day] = match ?? [];
    return key === undefined ? [] : [{ key, day: Number(day), path: join(CACHE_ROOT, name) }];
  });
}

/** Removes images that a new one replaces, and those that no recipe has used for a month; never one that a lab uses. */
async function removeStale(key: string, target: string, today: number): Promise<void> {
  const records = await Promise.all((await labNames()).map((name) => readRecord(new LabPaths(name))));
  const used = new Set(records.flatMap((record) => Object.values(record?.bases ?? {})));
  for (const old of await generations()) {
    const replaced = old.key === key || today - old.day > FORGOTTEN_DAYS;
    if (replaced && old.path !== target && !used.has(old.path))
      await rm(old.path, { recursive: true, force: true });
  }
}
