// Bundles a TypeScript file of this repository into dist/ and runs it: node scripts/run-ts.js bench/main.ts ARGS...
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { programFiles } from './programs.js';

const [source, ...args] = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = join(root, 'dist', 'run', basename(source).replace(/\.ts$/, '.js'));
await build({
  absWorkingDir: root,
  entryPoints: [source],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['ajv', 'cpu-features', '*.node'],
  define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
  },
  plugins: [programFiles],
  logLevel: 'warning',
});
const { status } = spawnSync(process.execPath, [outfile, ...args], { stdio: 'inherit' });
process.exitCode = status ?? 1;
