import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAdvertisements } from '../../../../src/layers/host/kernel/router-advertisements.js';
import { orderKeys, SYSCTL_KEY, sysctlPath } from '../../../../src/layers/host/kernel/sysctl-keys.js';
import {
  renderSysctlFile,
  type SysctlParams,
  sysctlFile,
  sysctlStep,
} from '../../../../src/layers/host/steps/sysctl.js';
import { standalone } from '../../../../src/remote/script.js';
import { canMount } from '../../../support/can-mount.js';
import { describeShells, runScript } from '../../../support/shells.js';
import { NO_FACTS, stepContext } from '../../../support/step-context.js';

const NO_ADVERTISEMENTS = parseAdvertisements([]);

function plan(params: SysctlParams, stdout: string) {
  const context = stepContext(params);
  const seen = sysctlStep.probe(context).parse({ id: 's', code: 0, stdout, stderr: '' });
  return sysctlStep.plan(context, seen, NO_FACTS);
}

const fileSeen = (content: string): string =>
  `@@ part file\npresent 81a4 0 root 0 root ${content.length}\ncontent\n${content}\n.\n`;

it('sysctl: a value that a file overrules is refused, but not for an earlier phase that may correct it; the plan says so', () => {
  const params = { values: { 'net.ipv4.ip_forward': 1 } };
  const stdout = `@@ part live
/proc/sys/net/ipv4/ip_forward:0
@@ part boot
boot /etc/sysctl.d/zz-local.conf
/etc/sysctl.d/zz-local.conf:3:net.ipv4.ip_forward = 0
@@ part file
absent
`;
  const context = stepContext(params);
  const seen = sysctlStep.probe(context).parse({ id: 's', code: 0, stdout, stderr: '' });
  const why = '/etc/sysctl.d/zz-local.conf, line 3 sets net.ipv4.ip_forward = 0 at the next boot';
  expect(sysctlStep.refuse?.(context, seen, NO_FACTS)).toMatchObject([
    { message: `net.ipv4.ip_forward = 1 would not last: ${why}`, passing: true },
  ]);
  for (const { summary } of plan(params, stdout))
    expect(summary).toContain(`; until an earlier step changes it, ${why}`);
});

describe('sysctl: keys', () => {
  it.each([
    ['net.ipv4.ip_forward', 'net/ipv4/ip_forward'],
    ['net/ipv4/ip_forward', 'net/ipv4/ip_forward'],
    ['net/ipv4/conf/eth0.100/rp_filter', 'net/ipv4/conf/eth0.100/rp_filter'],
    ['net.ipv4.conf.eth0/200.forwarding', 'net/ipv4/conf/eth0.200/forwarding'],
    ['net/ipv4/conf/eth0.200/forwarding', 'net/ipv4/conf/eth0.200/forwarding'],
  ])('%s lies at %s', (key, expected) => {
    expect(sysctlPath(key)).toBe(expected);
    expect(key).toMatch(new RegExp(SYSCTL_KEY));
  });

  it.each([
    'ip_forward',
    'net..a',
    '../etc/passwd',
    '/proc/sys/a',
    'net.ipv4.*',
    '-net.a',
    'net.a ',
    'net.a;id',
    'a/../b',
    '',
  ])('refuses %j', (key) => {
    expect(key).not.toMatch(new RegExp(SYSCTL_KEY));
  });

  it('are written with forwarding first and `all` before single interfaces', () => {
    expect(
      orderKeys([
        'net.ipv4.conf.aa0.rp_filter',
        'net.ipv4.conf.all.rp_filter',
        'kernel.panic',
        'net.ipv4.ip_forward',
      ]),
    ).toEqual([
      'net.ipv4.ip_forward',
      'net.ipv4.conf.all.rp_filter',
      'kernel.panic',
      'net.ipv4.conf.aa0.rp_filter',
    ]);
  });
});

describe('sysctl: check', () => {
  const check = (params: SysctlParams) => sysctlStep.check?.(stepContext(params));

  it.each<[SysctlParams, string[]]>([
    [{ values: { 'net.ipv4.ip_forward': 1 } }, []],
    [
      { values: { 'net.ipv4.ip_forward': 1, 'net/ipv4/ip_forward': 0 } },
      ['keys net.ipv4.ip_forward and net/ipv4/ip_forward are the same setting; keep one'],
    ],
    [{ values: { 'a.b': '  ' } }, ['key a.b has an empty value; give it one']],
    [
      { values: { 'a.b': '1\nc.d = 2' } },
      ['the value of a.b contains control characters; write it on one line'],
    ],
    [{ values: { 'a.b': 1 }, file: 'x.conf' }, ['path "x.conf" is not absolute; begin it with /']],
    [
      { values: { 'a.b': 1 }, file: '/etc/sysctl.d/x' },
      ['file /etc/sysctl.d/x would not be read at boot; its name must end in .conf'],
    ],
  ])('judges %j', (params, problems) => {
    expect(check(params)).toEqual(problems);
  });
});

describe('sysctl: plan', () => {
  const params: SysctlParams = {
    values: { 'net.ipv4.tcp_rmem': '4096 131072  6291456', 'net.ipv4.ip_forward': 1 },
  };
  const text =
    '# Managed by Bridgehead: changes made by hand are overwritten.\nnet.ipv4.ip_forward = 1\nnet.ipv4.tcp_rmem = 4096 131072 6291456\n';
  const path = '/etc/sysctl.d/99-bridgehead-net.ipv4.ip_forward.conf';
  const live = (forward: string): string =>
    `@@ part live\n/proc/sys/net/ipv4/ip_forward:${forward}\n/proc/sys/net/ipv4/tcp_rmem:4096\t131072\t6291456\n`;

  it('has nothing to do when file and kernel agree, whatever the whitespace', () => {
    expect(plan(params, live('1') + fileSeen(text))).toEqual([]);
  });

  it('writes only the file if the kernel agrees', () => {
    expect(plan(params, `${live('1')}@@ part file\nabsent\n`)).toMatchObject([
      {
        summary: `write ${path}`,
        disruption: { level: 'none' },
        diff: expect.stringContaining('+net.ipv4.ip_forward = 1'),
        creates: { path, mode: '0644' },
      },
    ]);
  });

  it('sets only the value if the file agrees', () => {
    expect(plan(params, live('0') + fileSeen(text))).toEqual([
      {
        summary: 'set net.ipv4.ip_forward: 0 -> 1',
        disruption: { level: 'none' },
        touches: { sysctls: ['net.ipv4.tcp_rmem', 'net.ipv4.ip_forward'] },
        guarded: true,
        script: `failed=0
write() {
if [ ! -e "$2" ]; then echo "this kernel has no $1" >&2; failed=1; return; fi
printf '%s\\n' "$3" >"$2" || { echo "the kernel refuses $1 = $3" >&2; failed=1; }
}
write 'net.ipv4.ip_forward' '/proc/sys/net/ipv4/ip_forward' '1'
exit "$failed"`,
      },
    ]);
  });

  it('shows a key that the kernel does not have', () => {
    const changes = plan({ values: { 'net.ipv6.conf.all.forwarding': 1 } }, '@@ part file\nabsent\n');
    expect(changes[1]).toMatchObject({ summary: 'set net.ipv6.conf.all.forwarding: absent -> 1' });
  });

  it('lists in the diff what the summary only counts', () => {
    const values = { 'net.a': 1, 'net.b': 2, 'net.c': 3 };
    const changes = plan({ values }, '@@ part live\n/proc/sys/net/a:0\n@@ part file\nabsent\n');
    expect(changes[1]).toMatchObject({
      summary: 'set 3 kernel values',
      diff: '-net.a = 0\n+net.a = 1\n+net.b = 2\n+net.c = 3',
    });
  });

  it('keeps two steps apart by their first key, and takes a file of the user’s', () => {
    expect(sysctlFile({ values: { 'net.ipv4.conf.eth0/2.rp_filter': 1 } })).toBe(
      '/etc/sysctl.d/99-bridgehead-net.ipv4.conf.eth0-2.rp_filter.conf',
    );
    expect(sysctlFile({ values: { 'a.b': 1 }, file: '/etc/sysctl.d/50-mine.conf' })).toBe(
      '/etc/sysctl.d/50-mine.conf',
    );
  });
});

describeShells('sysctl: on a machine', (shell) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bridgehead-sysctl-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const seen = (params: SysctlParams) => {
    const context = stepContext(params);
    return sysctlStep.probe(context).parse(runScript(shell, sysctlStep.probe(context).script));
  };

  it('reads complete values, and reports which keys the kernel does not have', () => {
    const key = 'net.core.rmem_max';
    const { live, file } = seen({
      values: { [key]: 1, 'net.ipv4.no_such_key': 1 },
      file: `${folder}/x.conf`,
    });
    expect(live.get(key)).toBe(readFileSync('/proc/sys/net/core/rmem_max', 'utf8').trim());
    expect(live.get('net.ipv4.no_such_key')).toBeUndefined();
    expect(file).toEqual({ type: 'absent' });
  });

  it('asks nothing if no key is there', () => {
    expect(seen({ values: { 'no.such': 1 }, file: `${folder}/x.conf` }).live).toEqual(
      new Map([['no.such', undefined]]),
    );
  });

  const inNamespace = canMount ? it : it.skip;
  inNamespace('converges in one go, and sysctl itself agrees with the file', () => {
    const file = `${folder}/x.conf`;
    const params: SysctlParams = {
      values: {
        'net.ipv4.conf.all.rp_filter': 2,
        'net.ipv4.ip_forward': 1,
        'net.ipv4.ip_local_port_range': '20000 30000',
      },
      file,
    };
    const context = stepContext(params);
    const probe = standalone(sysctlStep.probe(context).script);
    const first = sysctlStep
      .probe(context)
      .parse(
        runScript(shell, `echo 0 >/proc/sys/net/ipv4/ip_forward\n${probe}`, { under: ['unshare', '-n'] }),
      );
    const changes = sysctlStep.plan(context, first, NO_FACTS);
    expect(changes.map(({ summary }) => summary)).toEqual([`write ${file}`, 'set 3 kernel values']);
    const script = [...changes.map((change) => `( ${change.script} ) || echo failed`), probe].join('\n');
    const after = runScript(shell, script, { under: ['unshare', '-n'] });
    expect(after).toMatchObject({ code: 0, stderr: '' });
    expect(sysctlStep.plan(context, sysctlStep.probe(context).parse(after), NO_FACTS)).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(renderSysctlFile(params.values));
    const { stdout, status } = spawnSync('unshare', ['-n', 'sysctl', '-p', file], { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({
      stdout:
        'net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 2\nnet.ipv4.ip_local_port_range = 20000 30000\n',
      status: 0,
    });
  });

  inNamespace('names every key that cannot be set, and sets the others', () => {
    const context = stepContext<SysctlParams>({
      values: { 'net.ipv4.no_such_key': 1, 'net.ipv4.ip_forward': 1, 'net.ipv4.tcp_syncookies': 'nonsense' },
      file: `${folder}/x.conf`,
    });
    const live = new Map([['net.ipv4.ip_forward', '0']]);
    const nothing = { boot: { files: new Map() }, advertisements: NO_ADVERTISEMENTS };
    const change = sysctlStep.plan(context, { file: { type: 'absent' }, live, ...nothing }, NO_FACTS)[1];
    const reply = runScript(
      shell,
      `( ${change?.script} ) ; status=$?; cat /proc/sys/net/ipv4/ip_forward; exit $status`,
      {
        under: ['unshare', '-n'],
      },
    );
    expect(reply.code).toBe(1);
    expect(reply.stdout).toBe('1\n');
    expect(reply.stderr).toContain('this kernel has no net.ipv4.no_such_key');
    expect(reply.stderr).toContain('the kernel refuses net.ipv4.tcp_syncookies = nonsense');
    expect(sysctlStep.explain?.(context, reply)).toMatchObject({
      message: 'this kernel has no net.ipv4.no_such_key',
    });
  });
});
