// Installs the Debian packages that lint and tests need, and a busybox that looks in PATH first.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Package by the command that it provides. */
const PACKAGES = {
  bash: 'bash',
  busybox: 'busybox',
  chromium: 'chromium',
  dash: 'dash',
  dnsmasq: 'dnsmasq-base',
  fish: 'fish',
  mandoc: 'mandoc',
  shellcheck: 'shellcheck',
  tcsh: 'tcsh',
  tmux: 'tmux',
  xmllint: 'libxml2-utils',
  zsh: 'zsh',
};

/** Where the plain busybox is kept; `jest.config.js` puts it before the rest of PATH. */
export const TOOLS = join(process.env.BRIDGEHEAD_CACHE ?? '/var/cache/bridgehead', 'test-tools');

const runs = (command, ...words) => spawnSync(command, words, { stdio: 'ignore' }).error === undefined;

/** Debian's busybox-static runs its own `false` whatever PATH says, and so ignores the fake ones of tests. */
function prefersItsApplets(path = process.env.PATH) {
  const env = { ...process.env, PATH: path };
  return (
    spawnSync('busybox', ['sh', '-c', 'PATH=/nowhere; true && ls / >/dev/null 2>&1'], { env }).status === 0
  );
}

function must(command, ...words) {
  const { status, error, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status === 0) return;
  console.error(`test tools: ${[command, ...words].join(' ')} failed: ${error?.message ?? stderr.trim()}`);
  process.exit(1);
}

function install(packages) {
  if (process.getuid?.() !== 0 || !runs('apt-get', '--version')) {
    console.error(`test tools: install ${packages.join(', ')}, then run this again`);
    process.exit(1);
  }
  console.error(`test tools: installing ${packages.join(', ')}`);
  must('sh', fileURLToPath(new URL('../src/lab/host/apt-install.sh', import.meta.url)), ...packages);
}

/** Extracts the program from Debian's package without installing it: the two packages exclude each other. */
function fetchPlainBusybox() {
  console.error('test tools: fetching a busybox that asks PATH first');
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-busybox-'));
  must('sh', '-c', 'cd "$1" && apt-get -q download busybox && dpkg-deb -x busybox_*.deb .', 'sh', folder);
  mkdirSync(TOOLS, { recursive: true });
  const merged = spawnSync('test', ['-e', join(folder, 'usr/bin/busybox')]).status === 0;
  const made = join(TOOLS, `.busybox-${process.pid}`);
  must('cp', join(folder, merged ? 'usr/bin/busybox' : 'bin/busybox'), made);
  renameSync(made, join(TOOLS, 'busybox'));
  rmSync(folder, { recursive: true });
}

/** Debian's package would start a resolver of its own on this machine: only its libraries are installed. */
function fetchUnbound() {
  console.error('test tools: fetching an unbound that nothing starts');
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-unbound-'));
  must('sh', '-c', 'cd "$1" && apt-get -q download unbound && dpkg-deb -x unbound_*.deb .', 'sh', folder);
  const [archive = ''] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  const depends = spawnSync('dpkg-deb', ['-f', join(folder, archive), 'Depends'], {
    encoding: 'utf8',
  }).stdout;
  const libraries = depends.split(',').flatMap((one) => /^\s*(lib[^\s(]*)/.exec(one)?.[1] ?? []);
  if (!libraries.every((name) => spawnSync('dpkg', ['-s', name], { stdio: 'ignore' }).status === 0))
    install(libraries);
  mkdirSync(TOOLS, { recursive: true });
  for (const name of ['unbound-checkconf', 'unbound']) {
    const made = join(TOOLS, `.${name}-${process.pid}`);
    must('cp', join(folder, 'usr/sbin', name), made);
    renameSync(made, join(TOOLS, name));
  }
  rmSync(folder, { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = Object.keys(PACKAGES).filter((command) => !runs(command, '--version'));
  if (missing.length > 0) install(missing.map((command) => PACKAGES[command]));
  if (prefersItsApplets(`${TOOLS}:${process.env.PATH}`)) fetchPlainBusybox();
  if (!runs('unbound', '-V') && !existsSync(join(TOOLS, 'unbound'))) fetchUnbound();
}
