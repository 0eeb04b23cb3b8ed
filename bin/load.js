import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/** What the build made of the sources: one CommonJS bundle, and V8's code cache of it. */
export const BUNDLE = fileURLToPath(new URL('../dist/cli/bridgehead.cjs', import.meta.url));
export const CACHE = fileURLToPath(new URL('../dist/cli/bridgehead.cache', import.meta.url));

export const isBuilt = () => existsSync(BUNDLE);

/** Runs the bundle and answers its exports and script. Another V8 than the cache's compiles the bundle anew. */
export function load() {
  // The bundle is pure ASCII.
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(BUNDLE, 'latin1')}\n})`;
  const cachedData = existsSync(CACHE) ? readFileSync(CACHE) : undefined;
  const script = new Script(source, { filename: BUNDLE, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(BUNDLE), module, BUNDLE, dirname(BUNDLE));
  return { exports: module.exports, script };
}
