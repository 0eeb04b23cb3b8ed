// Makes a checkout ready to run: dependencies and build. Plain Node without dependencies; quiet when all is in place.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refusalOf } from '../bin/node-version.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...path) => join(root, ...path);
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

refuseOldNode();
if (modified(at('node_modules', '.package-lock.json')) < modified(at('package-lock.json'))) install();
// The last file that a build writes.
if (modified(at('dist', 'man', 'bridgehead.1')) < newest(at('src'))) {
  run('building', process.execPath, [at('scripts', 'build.js')]);
}

function refuseOldNode() {
  const refusal = refusalOf(process.versions.node);
  if (refusal === undefined) return;
  console.error(refusal);
  process.exit(2);
}

function newest(folder) {
  return Math.max(
    // The manual page names the version.
    modified(at('package.json')),
    modified(at('scripts', 'build.js')),
    modified(at('scripts', 'programs.js')),
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => modified(join(entry.parentPath ?? entry.path, entry.name))),
  );
}

function install() {
  run('installing dependencies', 'npm', [
    'ci',
    '--include=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
}

function run(doing, program, words) {
  console.error(`setup: ${doing}`);
  const { status, error } = spawnSync(program, words, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  console.error(`setup: ${doing} failed${error === undefined ? '' : `: ${error.message}`}`);
  process.exit(status ?? 1);
}
