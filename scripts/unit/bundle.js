// Bundles the unit tests with the sources and libraries that they import. What several tests import is in files that they
// share.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { programFiles } from '../programs.js';
import { validatorsAhead } from '../validators-ahead.js';
import { filesIn, outsideState, stateOf } from './state.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules', '.cache', 'unit-tests');

/** Bundles of earlier states: another run may still read them. */
const KEPT = 3;

function removeOld() {
  const age = (folder) => Date.now() - statSync(folder).mtimeMs;
  const folders = readdirSync(cache).map((state) => join(cache, state));
  const old = folders.sort((a, b) => age(a) - age(b)).slice(KEPT);
  for (const folder of old) rmSync(folder, { recursive: true, force: true });
}

/** The project's own files that depend on their place: sources still find the package's root, scripts stay outside. */
const ownPlaces = {
  name: 'own-places',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' };
    });
    onResolve({ filter: /\/(?:scripts|bin)\/[\w-]+\.js$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      external: true,
    }));
  },
};

/** Code that tests share runs again in each of them, with the hooks that it adds to the file's tests. */
const ownHelpers = {
  name: 'own-helpers',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\/test\/.*\.ts$/ }, ({ path, pluginData }) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'ts',
      pluginData: pluginData ?? { test: path },
    }));
    onResolve({ filter: /^\..*\.js$/ }, ({ path, resolveDir, pluginData }) => {
      const file = join(resolveDir, path).replace(/\.js$/, '.ts');
      if (!file.startsWith(join(root, 'test/'))) return undefined;
      return { path: file, suffix: `?${pluginData.test}`, pluginData };
    });
  },
};

/** Globals that CommonJS libraries expect. */
const BANNER = `import { createRequire as __createRequire } from 'node:module';
import { dirname as __folderOf } from 'node:path';
import { fileURLToPath as __pathOf } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __pathOf(import.meta.url), __dirname = __folderOf(__filename);`;

async function bundle(tests, folder) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: tests,
    outbase: root,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    metafile: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    external: ['@swc/core', 'ajv', 'cpu-features', 'esbuild', '*.node'],
    banner: { js: BANNER },
    plugins: [validatorsAhead, ownPlaces, ownHelpers, programFiles],
    logLevel: 'warning',
  });
  const outside = outsideState(Object.keys(metafile.inputs));
  if (outside.length > 0)
    throw new Error(`name in scripts/unit/state.js what is bundled: ${outside.join(', ')}`);
}

/** Jest's global set-up. Its workers read the path of the bundle from the environment. */
export default async function bundleUnitTests() {
  const tests = filesIn(join(root, 'test')).filter(
    (file) =>
      file.endsWith('.test.ts') && !file.endsWith('.integration.test.ts') && !file.includes('/test/lab/'),
  );
  const folder = join(cache, stateOf(root));
  process.env.UNIT_BUNDLE = folder;
  if (existsSync(folder)) return;
  mkdirSync(cache, { recursive: true });
  removeOld();
  const made = mkdtempSync(`${folder}-`);
  try {
    await bundle(tests, made);
    if (!existsSync(folder)) renameSync(made, folder);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}
