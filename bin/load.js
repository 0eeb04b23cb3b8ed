import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const built = (name) => fileURLToPath(new URL(`../dist/cli/${name}`, import.meta.url));
/** What the build made of the sources: one CommonJS bundle. */
export const BUNDLE = built('bridgehead.cjs');
/** V8's code cache of it, which fits no other V8 and may fit no other processor. */
export const CACHE = built(`${process.version}-${process.arch}.cache`);
/** The same after a first apply, which knows what only a conversation with machines calls for. */
const USED_CACHE = built(`${process.version}-${process.arch}.used.cache`);
/** Milliseconds; of a longer run V8 has forgotten again what it compiled at its beginning. */
const SHORT_RUN_MS = 10_000;

/** Runs a command, and sets the exit code of the process. */
export async function run(argv) {
  if (!existsSync(BUNDLE)) {
    process.stderr.write('bridgehead is not built yet; run: npm run setup\n');
    process.exitCode = 1;
    return;
  }
  const loaded = load();
  process.exitCode = await loaded.exports.runCli(argv);
  keepCompiled(loaded, argv, process.exitCode);
}

/**
 * Runs the bundle and answers its exports, its script, the file of the code cache if there is one, and whether V8 took it. If it
 * didn't, it has compiled the bundle anew.
 */
export function load() {
  // The bundle is pure ASCII.
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(BUNDLE, 'latin1')}\n})`;
  const cache = [USED_CACHE, CACHE].find(isReadable);
  const script = new Script(source, { filename: BUNDLE, cachedData: cache && readFileSync(cache) });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(BUNDLE), module, BUNDLE, dirname(BUNDLE));
  return { exports: module.exports, script, cache, isTaken: script.cachedDataRejected === false };
}

/** Whoever kept it may have a umask that lets nobody else read it. */
function isReadable(file) {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM'].includes(error.code)) return false;
    throw error;
  }
}

/**
 * Keeps what V8 has compiled for a first short apply that succeeds, for later commands; and for any command if nothing was kept before,
 * as in an installed package. If the package can't be written, nothing is kept.
 */
export function keepCompiled({ script, cache, isTaken }, [command], exitCode) {
  if (exitCode !== 0 || performance.now() > SHORT_RUN_MS) return;
  const isApply = command === 'apply';
  if (isApply ? isTaken && cache === USED_CACHE : cache !== undefined) return;
  const file = isApply ? USED_CACHE : CACHE;
  const data = script.createCachedData();
  // One that a process left behind when it was killed has another name, also in a container, where ids of processes repeat.
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(temporary, data, { flag: 'wx' });
    renameSync(temporary, file);
  } catch (error) {
    // The command has succeeded, and the next one only starts more slowly.
    if (error.syscall === undefined) throw error;
    removeQuietly(temporary);
  }
}

function removeQuietly(file) {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    if (error.syscall === undefined) throw error;
  }
}
