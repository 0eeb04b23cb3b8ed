import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import { must, runCommand, tail } from '../host/command.js';
import { mirrorOf } from '../host/mirror.js';
import { CACHE_ROOT, LabPaths } from '../names.js';
import { labNames, readRecord } from '../state.js';
import type { Image, LabOptions } from '../types.js';
import { baseKey, baseScript, finishScript, imageName } from './base-recipe.js';
import { joinScript, makeGroup, removeGroup } from './cgroups.js';

const DAY = 24 * 60 * 60 * 1000;
/** Older ones have package lists with versions that mirrors no longer have. */
export const FRESH_DAYS = 7;
export const FORGOTTEN_DAYS = 30;

/**
 * The root tree of an image, built when there is none or the newest is a week old; two builders wait for each other. Rejects
 * with E_LAB if it can't be built and there is no older one to fall back on.
 */
export async function ensureBase(image: Image, paths: LabPaths, options: LabOptions): Promise<string> {
  const provided = providedTree(image);
  if (provided !== undefined) {
    await must(['sh', '-c', finishScript(provided)]);
    return provided;
  }
  const mirror = mirrorOf(process.env);
  const key = baseKey(image, mirror);
  const today = Math.floor(Date.now() / DAY);
  await mkdir(CACHE_ROOT, { recursive: true, mode: 0o755 });
  const newest = await newestOf(key);
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

/** The root tree of an image that this host came with, as a container does that was made for a lab. */
function providedTree(image: Image): string | undefined {
  const folder = process.env['BRIDGEHEAD_LAB_MACHINES'];
  const tree = folder === undefined ? undefined : join(folder, image);
  return tree !== undefined && existsSync(tree) ? tree : undefined;
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

/** The images of which there is none of any age. */
export async function unbuiltImages(images: readonly Image[]): Promise<Image[]> {
  const newest = await Promise.all(images.map((image) => newestOf(baseKey(image, mirrorOf(process.env)))));
  return images.filter((image, index) => newest[index] === undefined && providedTree(image) === undefined);
}

async function newestOf(key: string): Promise<Generation | undefined> {
  const all = (await generations()).filter((one) => one.key === key);
  return all.toSorted((a, b) => b.day - a.day)[0];
}

interface Generation {
  readonly key: string;
  /** Since 1970. */
  readonly day: number;
  readonly path: string;
}

async function generations(): Promise<Generation[]> {
  const names = await readdir(CACHE_ROOT).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.flatMap((name) => {
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
