// Builds dist/: the command line as one bundle, the schemas' validators compiled ahead in it, with V8's code cache; the manual page.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLE } from '../bin/load.js';
import { programFiles } from './programs.js';
import { validatorsAhead } from './validators-ahead.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

async function bundle() {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/program.ts'],
    // As deep as src/cli, so that sources and bundle find the package's root by the same path.
    outfile: BUNDLE,
    bundle: true,
    format: 'cjs',
    charset: 'ascii',
    platform: 'node',
    target: 'node20',
    // Loaded only when something is refused; and ssh2's optional native parts.
    external: ['ajv', 'cpu-features', '*.node'],
    define: { 'import.meta.url': 'urlOfBundle' },
    banner: { js: "const urlOfBundle = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [validatorsAhead, programFiles],
    logLevel: 'warning',
  });
}

/** esbuild can't escape what is in a tagged template or a regular expression, and bin/load.js reads the bundle as ASCII. */
function checkAscii() {
  const lines = readFileSync(BUNDLE, 'utf8')
    .split('\n')
    .filter((line) => !/^\s*(?:\/\/|\/\*|\*)/.test(line));
  const found = lines.map((line) => /.{0,40}[^\x00-\x7f].{0,40}/.exec(line)?.[0]).filter(Boolean);
  if (found.length > 0)
    throw new Error(`the bundle must be ASCII; escape this in the sources:\n${found.join('\n')}`);
}

/** Writes the code cache: what V8 has compiled of the bundle after some commands, in their own process. */
function warmUp() {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/warm-up.js')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`scripts/warm-up.js ended with status ${status}`);
}

/** Writes the manual page, which npm installs with the package. */
function writeManual() {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'bin/bridgehead.js'), 'man'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`bridgehead man ended with status ${status}`);
  mkdirSync(join(dist, 'man'));
  writeFileSync(join(dist, 'man/bridgehead.1'), stdout);
}

rmSync(dist, { recursive: true, force: true });
await bundle();
checkAscii();
warmUp();
writeManual();
