// Builds dist/: the command line as one bundle, the schemas' validators compiled ahead in it, with V8's code cache; what of others is in
// the bundle; the manual page.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLE } from '../bin/load.js';
import { bundledPackages } from './package/bundled.js';
import { noticesOf } from './package/notices.js';
import { sbomOf } from './package/sbom.js';
import { programFiles } from './programs.js';
import { ajvInside, validatorsAhead } from './validators-ahead.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** Answers esbuild's account of what is in the bundle. */
async function bundle() {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/program.ts'],
    // As deep as src/cli, so that sources and bundle find the package's root by the same path.
    outfile: BUNDLE,
    bundle: true,
    format: 'cjs',
    charset: 'ascii',
    platform: 'node',
    target: 'node20',
    // Where a copy of the checkout links to its packages, they are still named by their place below it.
    preserveSymlinks: true,
    // ssh2's native parts, which it does without.
    external: ['cpu-features', '*.node'],
    define: { 'import.meta.url': 'urlOfBundle' },
    banner: { js: "const urlOfBundle = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [validatorsAhead, ajvInside, programFiles],
    logLevel: 'warning',
    metafile: true,
  });
  return metafile;
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

/** Writes the licences of what others wrote, and a list of it that programs read. */
function writeContents(metafile) {
  const packages = bundledPackages(root, metafile);
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(dist, 'THIRD-PARTY.txt'), noticesOf(packages));
  writeFileSync(join(dist, 'sbom.cdx.json'), sbomOf(own, packages));
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
const metafile = await bundle();
checkAscii();
writeContents(metafile);
warmUp();
writeManual();
