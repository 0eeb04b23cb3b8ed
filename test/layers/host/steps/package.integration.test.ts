import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  classifyPackageFailure,
  type PackageParams,
  packageStep,
} from '../../../../src/layers/host/steps/package.js';
import { installScript, PACKAGE_STATUS } from '../../../../src/layers/host/steps/package-script.js';
import { describeShells, runScript } from '../../../support/shells.js';
import { NO_FACTS, stepContext } from '../../../support/step-context.js';

function plan(params: PackageParams, stdout: string) {
  const context = stepContext(params);
  const seen = packageStep.probe(context).parse({ id: 'p', code: 0, stdout, stderr: '' });
  return packageStep.plan(context, seen, NO_FACTS);
}

describe('package: probe and plan', () => {
  it('asks for all names at once', () => {
    expect(packageStep.probe(stepContext<PackageParams>({ names: ['wireguard-tools', 'g++'] })).script).toBe(
      `command -v apt-get >/dev/null 2>&1 || exit 0
dpkg-query -W -f='\${Package} \${db:Status-Status}\\n' 'wireguard-tools' 'g++' || [ $? = 1 ]`,
    );
  });

  it.each<[string, string, string[]]>([
    ['all are installed', 'a installed\nb installed\n', []],
    ['one is installed for two architectures', 'a installed\na installed\nb installed\n', []],
    ['one is missing', 'a installed\n', ['install b']],
    ['one was removed, its files kept', 'a installed\nb config-files\n', ['install b']],
    ['one is half-way in', 'a half-configured\nb unpacked\n', ['install a, b']],
    ['there is no apt', '', ['install a, b']],
  ])('when %s', (_name, stdout, summaries) => {
    expect(plan({ names: ['a', 'b'] }, stdout).map(({ summary }) => summary)).toEqual(summaries);
  });

  it('installs only what is missing', () => {
    expect(plan({ names: ['a', 'b'], wait: 7 }, 'a installed\n')).toEqual([
      {
        summary: 'install b',
        disruption: { level: 'none' },
        script: installScript({ names: ['b'], wait: 7 }),
      },
    ]);
  });

  it('gives apt time beyond the wait for its locks', () => {
    expect(packageStep.timeoutSeconds?.(stepContext<PackageParams>({ names: ['a'], wait: 7 }))).toBe(607);
  });

  it('refuses a probe that failed', () => {
    const context = stepContext<PackageParams>({ names: ['a'] });
    expect(() =>
      packageStep.probe(context).parse({ id: 'p', code: 1, stdout: '', stderr: 'dpkg-query: broken' }),
    ).toThrow('the list of installed packages could not be read (exit status 1)');
  });
});

describe('package: why it failed', () => {
  it.each([
    [75, 'apt is locked by 12 unattended-upgr\n', 'E_APT_LOCKED', 'apt is locked by 12 unattended-upgr'],
    [76, 'no such package: wiregard\n', 'E_PACKAGE_NOT_FOUND', 'no such package: wiregard'],
    [77, 'this machine has no apt-get\n', 'E_STEP', 'this machine has no apt-get'],
    [78, 'packages could not be fetched\nErr:1', 'E_STEP', 'packages could not be fetched'],
    [
      100,
      'E: Packages need to be removed but remove is disabled.',
      'E_STEP',
      'this installation would remove other packages',
    ],
    [
      79,
      "E: You don't have enough free space in /var.",
      'E_DISK_FULL',
      "the disk of the node is full: E: You don't have enough free space in /var.",
    ],
    [
      1,
      'x\ntee: y: No space left on device\n',
      'E_DISK_FULL',
      'the disk of the node is full: tee: y: No space left on device',
    ],
  ])('status %i and %j', (code, stderr, expected, message) => {
    const reply = { id: 'p', code, stdout: '', stderr };
    expect(classifyPackageFailure(reply)).toMatchObject({ code: expected, message, fix: expect.any(String) });
  });

  it('leaves the rest to apt’s own words', () => {
    expect(
      classifyPackageFailure({ id: 'p', code: 1, stdout: '', stderr: 'apt-get install failed\nE: x' }),
    ).toBeUndefined();
  });
});

describeShells('package: the installation', (shell) => {
  let root: string;
  let bin: string;
  /** A tool that writes down how it was called, then runs its body. */
  const fake = (name: string, body: string): void => {
    const file = path.join(bin, name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>'${root}/calls'\n${body}\n`);
    chmodSync(file, 0o755);
  };
  const calls = (): string[] =>
    readFileSync(path.join(root, 'calls'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.replaceAll(/ -o \S+/g, ''));
  const run = (names = ['a', 'b'], wait = 30) =>
    runScript(shell, installScript({ names, wait, root }), { path: [bin] });
  const policy = (...known: string[]): string =>
    known.map((name) => `printf '%s:\\n  Installed: (none)\\n  Candidate: 1.0\\n' ${name}`).join('\n');
  /** Body for apt-get: fails while its file of failures has lines, and says the first. */
  const failing = (...said: string[]): string => {
    writeFileSync(path.join(root, 'failures'), said.map((line) => `${line}\n`).join(''));
    return `case "$*" in *install*) if [ -s '${root}/failures' ]; then head -n 1 '${root}/failures' >&2; sed -i 1d '${root}/failures'; exit 100; fi ;; esac`;
  };

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'bridgehead-test-'));
    bin = path.join(root, 'bin');
    for (const each of ['bin', 'var/lib/apt/lists', 'var/lib/dpkg/updates'])
      mkdirSync(path.join(root, each), { recursive: true });
    writeFileSync(path.join(root, 'var/lib/apt/lists/deb_main_Packages.lz4'), '');
    fake('apt-get', '');
    fake('apt-cache', policy('a', 'b'));
    fake('dpkg', '');
    fake('cloud-init', '');
    writeFileSync(path.join(bin, 'sleep'), '#!/bin/sh\nexec /bin/sleep 0.1\n', { mode: 0o755 });
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
    const left = [...readdirSync('/run'), ...readdirSync('/tmp')];
    expect(left.filter((name) => name.startsWith('bridgehead-apt-'))).toEqual([]);
  });

  it('settles, looks and installs, and refreshes nothing that is there', () => {
    expect(run()).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(calls()).toEqual([
      'cloud-init status --wait',
      'dpkg --audit',
      'apt-cache policy a b',
      'apt-get -y -q install --no-install-recommends --no-remove a b',
    ]);
  });

  it('keeps configuration files, asks nothing and makes files that others can read', () => {
    fake('apt-get', `echo "$DEBIAN_FRONTEND $NEEDRESTART_MODE $LC_ALL $(umask) $*" >'${root}/env'`);
    run();
    expect(readFileSync(path.join(root, 'env'), 'utf8')).toBe(
      'noninteractive l C 0022 -y -q -o DPkg::Lock::Timeout=0 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install --no-install-recommends --no-remove a b\n',
    );
  });

  it('fetches the lists if there are none', () => {
    rmSync(path.join(root, 'var/lib/apt/lists/deb_main_Packages.lz4'));
    expect(run().code).toBe(0);
    expect(calls().slice(2)).toEqual([
      'apt-get -y -q update',
      'apt-cache policy a b',
      'apt-get -y -q install --no-install-recommends --no-remove a b',
    ]);
  });

  it('fetches the lists once if a name is unknown, and names all that stay unknown', () => {
    fake(
      'apt-cache',
      `${policy('a')}\nprintf 'v:\\n  Candidate: (none)\\n'\necho 'N: Unable to locate package x' >&2`,
    );
    const reply = run(['x', 'a', 'v']);
    expect(reply).toMatchObject({ code: PACKAGE_STATUS.notFound, stderr: 'no such package: x v\n' });
    expect(calls().filter((line) => line.startsWith('apt-get'))).toEqual(['apt-get -y -q update']);
  });

  it('does not call a package unknown when the lists could not be fetched', () => {
    fake('apt-cache', '');
    fake('apt-get', 'echo "W: Failed to fetch http://deb/x  Could not resolve"');
    const reply = run(['a']);
    expect(reply.code).toBe(PACKAGE_STATUS.fetch);
    expect(reply.stderr).toBe(
      'the package lists could not be fetched; unknown so far: a\nW: Failed to fetch http://deb/x  Could not resolve\n',
    );
  });

  it('refreshes and tries again when the lists name files that are gone', () => {
    fake('apt-get', failing('E: Failed to fetch http://deb/a.deb  404  Not Found'));
    expect(run().code).toBe(0);
    expect(
      calls()
        .filter((line) => line.startsWith('apt-get'))
        .map((line) => line.split(' ')[3]),
    ).toEqual(['install', 'update', 'install']);
  });

  it('waits for a lock that is given back', () => {
    fake(
      'apt-get',
      failing(
        'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 999999 (unattended-upgr)',
      ),
    );
    expect(run()).toMatchObject({ code: 0, stderr: '' });
  });

  it('says who holds the lock when time is up', () => {
    fake(
      'apt-get',
      `echo 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process ${process.pid} (x)' >&2; exit 100`,
    );
    const reply = run(['a'], 3);
    expect(reply.code).toBe(PACKAGE_STATUS.locked);
    const name = readFileSync(`/proc/${process.pid}/comm`, 'utf8').trim();
    expect(reply.stderr.split('\n')[0]).toBe(`apt is locked by ${process.pid} ${name}`);
    expect(classifyPackageFailure(reply)?.code).toBe('E_APT_LOCKED');
  });

  it('finishes an interrupted installation first, once its lock is free', () => {
    writeFileSync(path.join(root, 'var/lib/dpkg/updates/0001'), '');
    fake(
      'dpkg',
      `if [ ! -e '${root}/tried' ]; then : >'${root}/tried'; echo 'dpkg: error: dpkg frontend lock was locked by another process with pid 999999' >&2; exit 2; fi`,
    );
    expect(run().code).toBe(0);
    const configure = 'dpkg --force-confdef --force-confold --configure -a';
    expect(calls().slice(0, 4)).toEqual([
      'cloud-init status --wait',
      configure,
      configure,
      'apt-cache policy a b',
    ]);
  });

  it('finishes what the audit complains of', () => {
    fake('dpkg', 'case $1 in --audit) echo "The following packages are only half configured" ;; esac');
    expect(run().code).toBe(0);
    expect(calls()).toContain('dpkg --force-confdef --force-confold --configure -a');
  });

  it('gives up on a cloud-init that does not end, and continues after one that failed', () => {
    fake('cloud-init', 'exec /bin/sleep 20');
    const reply = run(['a'], 1);
    expect(reply).toMatchObject({
      code: PACKAGE_STATUS.locked,
      stderr: 'cloud-init is still at work after 1 s\n',
    });
    fake('cloud-init', 'exit 1');
    expect(run(['a']).code).toBe(0);
  });

  it('distinguishes a full disk from a failing package', () => {
    fake('apt-get', failing('E: Write error - write (28: No space left on device)'));
    expect(run()).toMatchObject({ code: PACKAGE_STATUS.diskFull });
    fake('apt-get', failing('E: Sub-process /usr/bin/dpkg returned an error code (1)'));
    const reply = run();
    expect(reply).toMatchObject({
      code: 1,
      stderr: 'apt-get install failed\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n',
    });
  });

  it('says so if there is no apt', () => {
    const bare = path.join(root, 'bare');
    mkdirSync(bare);
    const script = `PATH='${bare}'\n${installScript({ names: ['a'], wait: 1, root })}`;
    expect(runScript(shell, script)).toMatchObject({
      code: PACKAGE_STATUS.noApt,
      stderr: 'this machine has no apt-get\n',
    });
  });
});

describeShells('package: on a machine', (shell) => {
  it('finds what is installed', () => {
    const context = stepContext<PackageParams>({ names: ['dpkg', 'no-such-package-here'] });
    const seen = packageStep.probe(context).parse(runScript(shell, packageStep.probe(context).script));
    expect(seen.installed).toEqual(existsSync('/usr/bin/apt-get') ? new Set(['dpkg']) : new Set());
  });
});
