import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GUARD_SCRIPT } from '../../../src/guard/revert/index.js';
import { describeShells, type Shell } from '../../support/shells.js';

/** Reads `sshd.d/*` below the fake /etc/ssh as its effective configuration; `Bad` is a keyword that it doesn't know. */
const SSHD = `#!/bin/sh
cat ROOT/etc/ssh/sshd_config.d/* 2>/dev/null >ROOT/all || :
case $1 in
-t) ! grep -n '^bad' ROOT/all | sed 's,^\\([0-9]*\\):.*,/etc/ssh/x.conf: line \\1: Bad configuration option: bad,' | grep . >&2 ;;
-T) echo "asked $*" >>ROOT/calls; echo 'pubkeyauthentication yes'; cat ROOT/all ;;
esac
`;
/** Units stand as files below run/systemd/transient/, with their properties; those named in boot/ start at boot. */
const SYSTEMCTL = `#!/bin/sh
echo "$*" >>ROOT/calls
verb=$1; shift
case $verb in
list-dependencies) cat ROOT/boot ;;
list-sockets) cat ROOT/sockets 2>/dev/null ;;
is-active) for unit; do :; done; grep -q '^ActiveState=active' "ROOT/run/systemd/transient/$unit" ;;
restart | start) for unit; do :; done; sed -i 's/^ActiveState=.*/ActiveState=active/' "ROOT/run/systemd/transient/$unit" ;;
stop) for unit; do :; done; sed -i 's/^ActiveState=.*/ActiveState=inactive/' "ROOT/run/systemd/transient/$unit" ;;
show) only=
while [ "$1" != -- ]; do case $1 in -p) only="$only|$2"; shift ;; esac; shift; done
shift
for unit; do [ -e "ROOT/run/systemd/transient/$unit" ] && grep -E "^(\${only#|})=" "ROOT/run/systemd/transient/$unit" || echo "Id=$unit
LoadState=not-found" | grep -E "^(\${only#|})="; echo; done ;;
esac
`;

describeShells('the proof of the next boot', (shell: Shell) => {
  let root: string;
  const at = (path: string): string => join(root, path);
  const put = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text.replaceAll('ROOT', root), { mode });
    chmodSync(at(path), mode);
  };
  const guardScript = (mode: string, connection = '198.18.0.9 4000 192.0.2.5 22', user = 'ops') => {
    const result = spawnSync(
      shell.argv[0],
      [...shell.argv.slice(1), at('state/runs/r/0001/guard.sh'), mode],
      {
        encoding: 'utf8',
        env: { PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`, SSH_CONNECTION: connection, USER: user },
        timeout: 60_000,
      },
    );
    return {
      code: result.status,
      said: result.stderr.trim().replaceAll(root, ''),
      stdout: result.stdout.trim(),
    };
  };
  const unit = (name: string, state: string, active: string, more = ''): void =>
    put(
      `run/systemd/transient/${name}`,
      `Id=${name}\nLoadState=loaded\nUnitFileState=${state}\nActiveState=${active}\nInvocationID=1\n${more}`,
    );
  const calls = (): string[] =>
    existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split('\n') : [];
  const snapshot = (files: readonly string[]): void => {
    put('state/runs/r/0001/files.list', `${files.map(at).join('\n')}\n`);
    put(
      'state/runs/r/0001/units.list',
      'newcomer.service\nssh.service\nssh.socket\nsystemd-networkd.service\n',
    );
    put(
      'state/runs/r/0001/guard.sh',
      GUARD_SCRIPT.replaceAll('/etc/', `${root}/etc/`).replaceAll(/(?<!\/)\/run\//g, `${root}/run/`),
    );
    expect(guardScript('snapshot')).toMatchObject({ code: 0, said: '' });
  };
  const snapshotAgain = (): void => {
    rmSync(at('state'), { recursive: true });
    snapshot(['/etc/ssh', '/etc/systemd/system/multi-user.target.wants/ssh.service']);
  };
  const notes = (): string =>
    existsSync(at('state/runs/r/0001/notes'))
      ? readFileSync(at('state/runs/r/0001/notes'), 'utf8').replaceAll(root, '')
      : '';

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'bridgehead-boot-'));
    put('bin/sshd', SSHD, 0o755);
    put('bin/systemctl', SYSTEMCTL, 0o755);
    const path = spawnSync('sh', ['-c', `command -v ${shell.argv[0]}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(path, at('bin/sh'));
    for (const folder of [
      'etc/ssh/sshd_config.d',
      'etc/systemd/system',
      'etc/systemd/network',
      'run/systemd/system',
      'run/sshd',
    ]) {
      mkdirSync(at(folder), { recursive: true });
    }
    put('etc/ssh/sshd_config', 'Include /etc/ssh/sshd_config.d/*\n');
    put('boot', 'default.target\n  ssh.service\n  systemd-networkd.service\n');
    unit('ssh.service', 'enabled', 'active');
    unit('ssh.socket', 'disabled', 'inactive', 'Listen=[::]:22 (Stream)\nAccept=no\n');
    unit('systemd-networkd.service', 'enabled', 'active');
    snapshot(['/etc/ssh', '/etc/systemd/system/ssh.socket.d', '/etc/systemd/network']);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  describe.each([
    ['/etc/iptables/rules.v4', 'iptables-restore'],
    ['/etc/iptables/rules.v6', 'ip6tables-restore'],
    ['/etc/nftables.conf', 'nft'],
  ])('of new rules in %s', (path, program) => {
    beforeEach(() => {
      rmSync(at('state'), { recursive: true });
      snapshot([path]);
      put(path, 'nonsense\n');
    });

    const without = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0 ? it.skip : it;
    without(`is not made without ${program}`, () => {
      expect(guardScript('prove')).toMatchObject({ code: 0, said: '', stdout: '@proven yes' });
    });

    it(`asks ${program}`, () => {
      put(`bin/${program}`, '#!/bin/sh\necho "line 1: no such thing" >&2\nexit 1\n', 0o755);
      expect(guardScript('prove')).toMatchObject({
        code: 1,
        said: expect.stringMatching(/line 1: no such thing$/),
      });
    });
  });

  const configure = (text: string): void => put('etc/ssh/sshd_config.d/x.conf', text);

  it('leaves sshd alone if nothing of it was changed', () => {
    expect(guardScript('prove')).toEqual({ code: 0, said: '', stdout: '@proven yes' });
    expect(calls().filter((call) => /restart|stop|-T/.test(call))).toEqual([]);
    expect(existsSync(at('state/runs/r/0001/proven'))).toBe(true);
  });

  it('restarts sshd with a good configuration, having asked for this very login', () => {
    configure('listenaddress 0.0.0.0:22\n');
    expect(guardScript('prove')).toEqual({ code: 0, said: '', stdout: '@proven yes' });
    expect(calls()).toContain(
      'asked -T -C user=ops,host=198.18.0.9,addr=198.18.0.9,laddr=192.0.2.5,lport=22',
    );
    expect(calls()).toContain('restart ssh.service');
  });

  it.each([
    ['a keyword that it does not know', 'fine\nbad\n', /line 2: Bad configuration option/],
    [
      'another address',
      'listenaddress 127.0.0.1:22\n',
      /listens only on 127\.0\.0\.1:22 \(by ssh\.service\), and you come in at 192\.0\.2\.5:22$/,
    ],
    [
      'another port',
      'listenaddress 0.0.0.0:2222\nlistenaddress [::]:2222\n',
      /listens only on 0\.0\.0\.0:2222 \[::\]:2222/,
    ],
    ['the other family', 'listenaddress [::]:22\n', /listens only on \[::\]:22/],
    [
      'a list without this account',
      'allowusers root\nallowusers adm*\n',
      /lets ops log in no more: AllowUsers names root adm\*/,
    ],
    ['this account refused', 'denyusers o?s\n', /DenyUsers/],
  ])('refuses %s before sshd is touched', (_what, text, why) => {
    configure(text);
    const { code, said } = guardScript('prove');
    expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(why) as string });
    expect(calls().filter((call) => /^(restart|stop)/.test(call))).toEqual([]);
    expect(existsSync(at('state/runs/r/0001/proven'))).toBe(false);
  });

  it.each([
    ['the very address', 'listenaddress 192.0.2.5:22\n', '198.18.0.9 4000 192.0.2.5 22'],
    ['the very address of IPv6', 'listenaddress [2001:db8::5]:2022\n', '2001:db8::9 4000 2001:db8::5 2022'],
    ['a link-local address', 'listenaddress [::]:22\n', 'fe80::9%eth0 4000 fe80::5%eth0 22'],
    ['an account by a pattern', 'allowusers op*\n', '198.18.0.9 4000 192.0.2.5 22'],
    [
      'an account from somewhere, which only a login shows',
      'allowusers ops@10.0.0.0/8\n',
      '198.18.0.9 4000 192.0.2.5 22',
    ],
  ])('lets %s pass', (_what, text, connection) => {
    configure(text);
    expect(guardScript('prove', connection)).toMatchObject({ code: 0, said: '' });
  });

  describe('if the login comes through another sshd', () => {
    const VIA = '198.18.0.9 4000 192.0.2.5 2222';
    const listens = (address: string, pid: number): void =>
      put(
        'bin/ss',
        `#!/bin/sh\ncase "$*" in *':2222') echo 'LISTEN 0 128 ${address} 0.0.0.0:* users:(("sshd",pid=${pid},fd=3))' ;; esac\n`,
        0o755,
      );
    /** Puts the process that listens into a unit. */
    const inUnit = (name: string): void => {
      const script = at('state/runs/r/0001/guard.sh');
      put('cgroup', `0::/system.slice/${name}\n`);
      writeFileSync(
        script,
        readFileSync(script, 'utf8').replaceAll('"/proc/$pid/cgroup"', `"${at('cgroup')}"`),
      );
    };
    beforeEach(() => {
      unit('ssh-alt.service', 'enabled', 'active');
      put('boot', 'default.target\n  ssh.service\n  ssh-alt.service\n  systemd-networkd.service\n');
      configure('listenaddress 0.0.0.0:22\npermitrootlogin no\nallowusers nobody\n');
    });

    it.each(['0.0.0.0:2222', '*:2222', '192.0.2.5:2222'])(
      'at %s, which boots, only notes that',
      (address) => {
        listens(address, 4242);
        inUnit('ssh-alt.service');
        expect(guardScript('prove', VIA, 'root')).toEqual({ code: 0, said: '', stdout: '@proven yes' });
        expect(notes()).toContain('you come in through ssh-alt.service, which starts at boot by itself');
        expect(calls()).toContain('restart ssh.service');
      },
    );

    it('behind a socket of systemd’s', () => {
      listens('*:2222', 1);
      unit('dropbear.socket', 'enabled', 'active');
      put('sockets', '[::]:22 ssh.socket ssh.service\n[::]:2222 dropbear.socket -\n');
      put('boot', 'default.target\n  ssh.service\n  dropbear.socket\n  systemd-networkd.service\n');
      expect(guardScript('prove', VIA)).toMatchObject({ code: 0, said: '' });
      expect(notes()).toContain('you come in through dropbear.socket');
    });

    it.each([
      ['does not boot', '0.0.0.0:2222', 'ssh-once.service'],
      ['listens elsewhere', '127.0.0.1:2222', 'ssh-alt.service'],
      ['is the one that is changed', '0.0.0.0:2222', 'ssh.service'],
    ])('that %s, refuses as ever', (_what, address, name) => {
      configure('listenaddress 0.0.0.0:22\n');
      unit('ssh-once.service', 'transient', 'active');
      listens(address, 4242);
      inUnit(name);
      expect(guardScript('prove', VIA).said).toMatch(
        /listens only on 0\.0\.0\.0:22 \(by ssh\.service\), and you come in at 192\.0\.2\.5:2222$/,
      );
    });
  });

  it('refuses to let root in where PermitRootLogin is no, and nobody else', () => {
    configure('permitrootlogin no\n');
    expect(guardScript('prove')).toMatchObject({ code: 0 });
    expect(guardScript('prove', undefined, 'root').said).toMatch(/PermitRootLogin no/);
  });

  it('refuses what leaves nothing to start sshd at boot', () => {
    unit('ssh.service', 'disabled', 'active');
    put('boot', 'default.target\n  systemd-networkd.service\n');
    expect(guardScript('prove').said).toMatch(
      /nothing starts sshd at the next boot: ssh\.service is disabled, ssh\.socket is disabled,/,
    );
  });

  it('asks what starts sshd where only its link was taken away', () => {
    put('etc/systemd/system/multi-user.target.wants/ssh.service', '');
    snapshotAgain();
    rmSync(at('etc/systemd/system/multi-user.target.wants/ssh.service'));
    put('boot', 'default.target\n  systemd-networkd.service\n');
    expect(guardScript('prove').said).toMatch(
      /nothing starts sshd at the next boot: ssh\.service is enabled/,
    );
  });

  it('judges the socket by its own address, and brings it live with the service behind it', () => {
    unit('ssh.service', 'disabled', 'active');
    unit('ssh.socket', 'enabled', 'inactive', 'Listen=[::]:22 (Stream)\nAccept=no\n');
    put('boot', 'default.target\n  ssh.socket\n');
    configure('listenaddress 127.0.0.1:22\n');
    expect(guardScript('prove')).toMatchObject({ code: 0, said: '' });
    const done = calls().filter((call) => /^(restart|stop|start) /.test(call));
    expect(done).toEqual(['stop -- ssh.service', 'restart ssh.socket', 'start ssh.service']);
    unit('ssh.socket', 'enabled', 'active', 'Listen=0.0.0.0:2222 (Stream)\nAccept=no\n');
    expect(guardScript('prove').said).toMatch(/listens only on 0\.0\.0\.0:2222 \(by ssh\.socket\)/);
  });

  it('reads the units again if the socket has a new drop-in', () => {
    put('etc/systemd/system/ssh.socket.d/listen.conf', '[Socket]\nListenStream=22\n');
    expect(guardScript('prove')).toMatchObject({ code: 0, said: '' });
    expect(calls()).toContain('daemon-reload');
  });

  it('refuses what leaves nothing to bring the network up', () => {
    unit('systemd-networkd.service', 'disabled', 'active');
    put('boot', 'default.target\n  ssh.service\n');
    expect(guardScript('prove').said).toMatch(
      /nothing brings the network up at the next boot: systemd-networkd\.service/,
    );
  });

  it('notes what only the next boot reads', () => {
    put('etc/systemd/network/10-x.network', '[Match]\n');
    expect(guardScript('prove')).toMatchObject({ code: 0, said: '' });
    expect(notes()).toMatch(
      /^systemd-networkd\.service \/etc\/systemd\/network\/10-x\.network: read at the next boot by/,
    );
    unit('systemd-networkd.service', 'enabled', 'active', 'InvocationID=2\n');
  });

  it('asks systemd only about existing units, and sees a new one', () => {
    expect(readFileSync(at('state/runs/r/0001/units'), 'utf8')).toContain('newcomer.service - inactive -\n');
    expect(calls().filter((call) => call.includes('newcomer.service'))).toEqual([]);
    unit('newcomer.service', 'enabled', 'inactive');
    expect(guardScript('prove')).toMatchObject({ code: 0 });
    expect(notes()).toContain('newcomer.service is started at the next boot and has not run yet');
  });

  it('proves what it can without systemd', () => {
    rmSync(at('run/systemd'), { recursive: true });
    configure('listenaddress 127.0.0.1:22\n');
    expect(guardScript('prove').said).toMatch(/listens only on 127\.0\.0\.1:22/);
    configure('listenaddress 0.0.0.0:22\n');
    expect(guardScript('prove')).toMatchObject({ code: 0, said: '' });
    expect(notes()).toMatch(/could not be made to read/);
  });
});
