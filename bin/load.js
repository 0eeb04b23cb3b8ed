import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const built = (name) => fileURLToPath(new URL(`../dist/cli/${name}`, import.meta.url));
/** What the build made of the sources: one CommonJS bundle, and V8's code cache of it. */
export const BUNDLE = built('bridgehead.cjs');
export const CACHE = built('bridgehead.cache');
/** V8's code cache after a first use, which knows what only a conversation with machines calls for. */
const USED_CACHE = built('used.cache');
/** Milliseconds; of a longer run V8 has forgotten again what it compiled at its beginning. */
const SHORT_RUN_MS = 10_000;

export const isBuilt = () => existsSync(BUNDLE);

/** Runs the bundle and answers its exports and script. Another V8 than the cache's compiles the bundle anew. */
export function load() {
  // The bundle is pure ASCII.
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(BUNDLE, 'latin1')}\n})`;
  const cache = [USED_CACHE, CACHE].find(existsSync);
  const script = new Script(source, { filename: BUNDLE, cachedData: cache && readFileSync(cache) });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(BUNDLE), module, BUNDLE, dirname(BUNDLE));
  return { exports: module.exports, script, isUsed: cache === USED_CACHE && !script.cachedDataRejected };
}

/** Keeps what V8 has compiled for a first short apply, for later ones; where the package can't be written, nothing. */
export function keepUsed({ script, isUsed }, [command], exitCode) {
  if (isUsed || command !== 'apply' || exitCode !== 0 || performance.now() > SHORT_RUN_MS) return;
  const temporary = `${USED_CACHE}.${process.pid}`;
  try {
    writeFileSync(temporary, script.createCachedData(), { flag: 'wx' });
    renameSync(temporary, USED_CACHE);
  } catch (error) {
    rmSync(temporary, { force: true });
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'].includes(error.code)) throw error;
  }
}
