// Makes a checkout ready to run: dependencies and build. Plain Node without dependencies; quiet when all is in place.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...path) => join(root, ...path);
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

refuseOldNode();
if (modified(at('node_modules', '.package-lock.json')) < modified(at('package-lock.json'))) install();
if (modified(at('dist', 'cli', 'bridgehead.cache')) < newest(at('src'))) {
  run('building', process.execPath, [at('scripts', 'build.js')]);
}

function refuseOldNode() {
  const wanted = /[\d.]+/.exec(JSON.parse(readFileSync(at('package.json'), 'utf8')).engines.node)[0];
  const [major, minor] = wanted.split('.').map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  console.error(`bridgehead needs Node ${wanted} or newer; this is ${process.versions.node}`);
  process.exit(2);
}

function newest(folder) {
  return Math.max(
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
