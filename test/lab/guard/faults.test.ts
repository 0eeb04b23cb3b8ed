import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { ReportedError } from '../../../src/runner/events/events.js';
import { bridgehead, exec, inventoryAt, ofType, type RunReport } from '../support/bridgehead.js';
import { writeExample } from '../support/example.js';

const folder = mkdtempSync(join(tmpdir(), 'bridgehead-faults-'));
const FILE = writeExample(folder, 'home-mesh', 'faults-suite');
const quiet = { log: () => undefined };
const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAI';

let lab: Lab;

beforeAll(async () => {
  const inventory = await inventoryAt(FILE);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
});
afterAll(async () => {
  await labDown(await inventoryAt(FILE), quiet);
  rmSync(folder, { recursive: true });
});

/** The example inventory with one text replaced. */
function inventoryWith(search: string | RegExp, replacement: string): string {
  const text = readFileSync(FILE, 'utf8');
  const changed = text.replace(search, replacement);
  expect(changed).not.toBe(text);
  const file = join(folder, 'inventory.yaml');
  writeFileSync(file, changed);
  return file;
}

function playbookWith(step: string): string {
  const file = join(folder, 'playbook.yaml');
  writeFileSync(
    file,
    `name: faulty\nphases:\n  - name: only\n    steps:\n      - name: the step\n        on: wk-1\n${step.replace(/^/gm, '        ')}\n`,
  );
  return file;
}

const run = (inventory: string, ...args: string[]): Promise<RunReport> =>
  bridgehead(lab, 'apply', '-i', inventory, '--yes', '--json', '--timeout', '4', ...args);

const errorsOf = (report: RunReport): readonly ReportedError[] =>
  ofType(report, 'run-ended')[0]?.errors ?? [];

/** One error with a node and a fix; its code and the rest as given. */
function expectOne(report: RunReport, exit: number, expected: Partial<ReportedError>): void {
  expect({ code: report.code, errors: errorsOf(report).map(({ code }) => code) }).toEqual({
    code: exit,
    errors: [expected.code],
  });
  expect(errorsOf(report)[0]).toMatchObject({ node: 'wk-1', ...expected });
  expect(errorsOf(report)[0]?.fix).toMatch(/\w/);
}

describe('a node that cannot be logged into', () => {
  it.each<[string, string | RegExp, string, ReportedError['code']]>([
    ['does not exist', 'lan: 192.168.15.3', 'lan: 192.168.15.77', 'E_SSH_UNREACHABLE'],
    ['refuses the port', /(wk-1:[\s\S]*?)ssh: \{/, '$1ssh: { port: 2299,', 'E_SSH_REFUSED'],
    ['knows no such user', /(wk-1:[\s\S]*?)user: ops/, '$1user: stranger', 'E_SSH_AUTH'],
    [
      'has another pinned key',
      /(wk-1:[\s\S]*?)ssh: \{/,
      `$1ssh: { hostKey: ssh-ed25519 ${KEY}${'A'.repeat(43)}, `,
      'E_SSH_HOST_KEY_CHANGED',
    ],
  ])('because it %s', async (_what, search, replacement, code) => {
    expectOne(await run(inventoryWith(search, replacement)), 4, { code });
    expect((await lab.exec('ms-1', 'command -v wg')).code).not.toBe(0);
  });

  it('because it does not know the key', async () => {
    await lab.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(lab.home, '.ssh/other')]);
    expectOne(await run(inventoryWith(/(wk-1:[\s\S]*?)ssh: \{/, '$1ssh: { key: ~/.ssh/other,')), 4, {
      code: 'E_SSH_AUTH',
    });
  });

  it('because its host key is unknown, until --accept-new; because it changed, whatever is said', async () => {
    const known = join(lab.home, '.ssh/known_hosts');
    const before = readFileSync(known, 'utf8');
    const others = before
      .split('\n')
      .filter((line) => !line.includes('192.168.15.3') && !line.startsWith('wk-1'));
    writeFileSync(known, `${others.join('\n')}\n`);
    expectOne(await run(FILE, '--phase', 'baseline'), 4, { code: 'E_SSH_HOST_KEY_UNKNOWN' });
    expect((await run(FILE, '--phase', 'baseline', '--accept-new')).code).toBe(0);
    expect((await run(FILE, '--phase', 'baseline')).code).toBe(0);

    await exec(
      lab,
      'wk-1',
      'rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart ssh; mkdir -p /run/sshd',
    );
    await exec(lab, 'wk-1', 'journalctl --rotate --vacuum-time=1s 2>&1 || true');
    for (const args of [[], ['--accept-new']]) {
      expectOne(await run(FILE, '--phase', 'baseline', ...args), 4, { code: 'E_SSH_HOST_KEY_CHANGED' });
    }
    const log = await exec(lab, 'wk-1', 'journalctl -u ssh --no-pager -o cat');
    expect(log).not.toMatch(/Accepted|Failed|authenticating/i);
    writeFileSync(known, `${others.join('\n')}\n`);
    expect((await run(FILE, '--phase', 'baseline', '--accept-new')).code).toBe(0);
  });
});

describe('sudo', () => {
  it('refused is reported with the user and the fix', async () => {
    await exec(lab, 'wk-1', 'mkdir -p /root/s; mv /etc/sudoers.d/* /root/s/; gpasswd -d ops sudo');
    const report = await run(FILE, '--phase', 'baseline');
    await exec(lab, 'wk-1', 'mv /root/s/* /etc/sudoers.d/; gpasswd -a ops sudo');
    expectOne(report, 4, { code: 'E_SUDO' });
    expect(errorsOf(report)[0]?.message).toContain('ops');
  });

  it('with the wrong password is reported, without the password', async () => {
    const file = join(folder, 'password');
    writeFileSync(file, 'wrong-canary-password\n', { mode: 0o600 });
    const argv = [
      process.execPath,
      'bin/bridgehead.js',
      'apply',
      '-i',
      FILE,
      '--yes',
      '--json',
      '--verbose',
      '--phase',
      'baseline',
    ];
    const report = await lab.run(argv, { env: { BRIDGEHEAD_SUDO_PASSWORD_FILE: file } });
    expect(report.code).toBe(4);
    expect(report.stdout).toContain('"E_SUDO"');
    expect(report.stdout).toContain('"ms-1"');
    expect(report.stdout + report.stderr).not.toContain('wrong-canary-password');
  });
});

describe('a step that fails', () => {
  it.each<[string, string, string, Partial<ReportedError>]>([
    [
      'for want of a package',
      '',
      'package: { names: [no-such-package-here] }',
      { code: 'E_PACKAGE_NOT_FOUND' },
    ],
    [
      'for a lock of apt',
      `systemd-run -q --unit=holder perl -e 'use Fcntl; open F, ">", "/var/lib/dpkg/lock-frontend"; $$_ = pack("ssx4qqix4", F_WRLCK, 0, 0, 0, 0); fcntl F, F_SETLK, $$_ or die; sleep 20'; sleep 0.3; systemctl is-active holder`,
      'package: { names: [tree], wait: 2 }',
      { code: 'E_APT_LOCKED' },
    ],
    [
      'for a full disk',
      'mkdir -p /srv/small; mount -t tmpfs -o size=16k tmpfs /srv/small',
      `file: { path: /srv/small/big, content: "${'x'.repeat(40_000)}" }`,
      { code: 'E_DISK_FULL' },
    ],
    [
      'because it hangs',
      '',
      'script: { check: "false", run: "sleep 1000", timeout: 2 }',
      { code: 'E_REMOTE_TIMEOUT' },
    ],
    ['because it floods', '', 'script: { check: "false", run: "yes" }', { code: 'E_REMOTE_FLOOD' }],
    [
      'because its connection dies',
      '',
      'script: { check: "false", run: "pkill -9 -f sshd:.ops; sleep 30" }',
      { code: 'E_REVERTED' },
    ],
  ])('%s names the node, the phase, the step and what to do', async (_what, prepare, step, expected) => {
    if (prepare) await exec(lab, 'wk-1', prepare);
    const report = await run(FILE, '-p', playbookWith(step));
    expectOne(report, expected.code === 'E_REVERTED' ? 5 : 7, {
      ...expected,
      phase: 'only',
      step: 'the step',
    });
  });

  it('in a user’s own playbook can be mended and rerun', async () => {
    const step = 'file: { path: /etc/motd, content: "{{ node.name }} at {{ network.address }}\\n" }';
    expect((await run(FILE, '-p', playbookWith(step))).code).toBe(0);
    expect(await exec(lab, 'wk-1', 'cat /etc/motd')).toBe('wk-1 at 172.27.15.11');
    expect(ofType(await run(FILE, '-p', playbookWith(step)), 'run-ended')[0]?.changes).toBe(0);
  });
});
