import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../../../src/layers/host/gates/commands.js';
import { reachable } from '../../../../src/layers/host/gates/reachable.js';
import { sysctl } from '../../../../src/layers/host/gates/sysctl.js';
import { wireguardSupport } from '../../../../src/layers/wireguard/gates/wireguard-support.js';
import { canMount } from '../../../support/can-mount.js';
import { describeShells, runScript } from '../../../support/shells.js';
import { verdictOn } from '../../../support/verdict-on.js';
import { fakes } from './fakes.js';
import { askGate, gateContext, nodeOf, reply, scriptOf, stops, verdictOf } from './fixture.js';

const one = { measured: ['ms-1'] };

describe('reachable', () => {
  const said = (uid: string, state: string): string =>
    `uid ${uid}\nhost ms-1\nsystem Debian GNU/Linux 12\nstate ${state}`;

  it('lists the systems of all nodes', () => {
    const replies = { 'ctb-edge-1': said('0', 'running'), 'ms-1': said('0', 'running').replace('12', '13') };
    const verdict = verdictOf(reachable, {}, replies, { measured: Object.keys(replies) });
    expect(verdict.summary).toBe('2 of 2 nodes answer as root (Debian 12, 13)');
    expect(stops(verdict)).toEqual([]);
  });

  it.each([
    ['0', 'running', []],
    ['0', 'degraded', []],
    ['0', 'none', []],
    ['0', 'starting', ['ms-1: systemd is starting']],
    ['0', 'maintenance', ['ms-1: systemd is maintenance']],
    ['0', 'unknown', ['ms-1: systemd is unknown']],
    ['1000', 'running', ['ms-1: user id 1000']],
  ])('user %s, systemd %s', (uid, state, expected) => {
    expect(stops(verdictOf(reachable, {}, { 'ms-1': said(uid, state) }, one))).toEqual(expected);
  });

  describeShells('waits', (shell) => {
    it('until systemd has started', () => {
      const path = fakes({
        systemctl: 'if [ -e "$0.asked" ]; then echo running; else : >"$0.asked"; echo starting; exit 1; fi',
      });
      const script = scriptOf(reachable, gateContext({}, { patience: 5 }), nodeOf('ms-1'));
      expect(runScript(shell, script, { path: [path] }).stdout).toContain('\nstate running\nend\n');
    });

    it('no longer than its patience', () => {
      const path = fakes({ systemctl: 'echo starting; exit 1' });
      const script = scriptOf(reachable, gateContext({}, { patience: 1 }), nodeOf('ms-1'));
      const began = Date.now();
      expect(runScript(shell, script, { path: [path] }).stdout).toContain('\nstate starting\nend\n');
      expect(Date.now() - began).toBeLessThan(4000);
    });
  });
});

describe('sysctl', () => {
  it('compares what is in force', () => {
    const values = {
      'net.ipv4.ip_forward': 1,
      'net.ipv4.ip_local_port_range': '32768 60999',
      'net.no.such': 2,
    };
    const said = '/proc/sys/net/ipv4/ip_forward:0\n/proc/sys/net/ipv4/ip_local_port_range:32768\t60999';
    const verdict = verdictOf(sysctl, { values }, { 'ms-1': said }, one);
    expect(verdict.summary).toBe('1 of 3 values in force');
    expect(stops(verdict)).toEqual(['ms-1: 0', 'ms-1: no such key']);
  });

  it('wants them to last, and names the line that sets them back', () => {
    const values = { 'net.ipv4.ip_forward': 1 };
    const said = (live: number, file: string) =>
      `/proc/sys/net/ipv4/ip_forward:${live}\nboot ${file}\n${file}:7:net.ipv4.conf.all.forwarding = 0`;
    const last = verdictOf(sysctl, { values }, { 'ms-1': said(1, '/etc/sysctl.d/99-sysctl.conf') }, one);
    expect(stops(last)).toEqual([
      'ms-1: 1, but /etc/sysctl.conf (as /etc/sysctl.d/99-sysctl.conf), line 7 sets net.ipv4.ip_forward = 0 at the next boot',
    ]);
    expect(last.findings[0]?.fix).toBe(
      'remove that line from /etc/sysctl.conf (as /etc/sysctl.d/99-sysctl.conf), or change it to net.ipv4.ip_forward = 1',
    );
    const off = verdictOf(sysctl, { values }, { 'ms-1': said(0, '/etc/sysctl.d/zz-local.conf') }, one);
    expect(off.findings[0]?.fix).toMatch(/^remove that line from .*; then apply the phase that sets it$/);
  });

  describeShells('reads', (shell) => {
    it('the kernel, values of several words included', () => {
      const values = { 'kernel.ostype': 'Linux', 'net.no.such': 1, 'kernel.printk': '99 2 3 4' };
      const answer = askGate(shell, sysctl, gateContext({ values }), nodeOf('ms-1'));
      const { findings } = verdictOn(sysctl, gateContext({ values }, one), new Map([['ms-1', answer]]));
      expect(findings.map(({ seen }) => seen)).toEqual([
        'Linux',
        'no such key',
        expect.stringMatching(/^\d+ \d+ \d+ \d+$/),
      ]);
    });
  });
});

describe('commands', () => {
  const names = ['wg', 'wg-quick'];

  it('are there', () => {
    const verdict = verdictOf(
      commands,
      { names },
      { 'ms-1': 'found wg /usr/bin/wg\nfound wg-quick /usr/bin/wg-quick' },
      one,
    );
    expect(verdict.summary).toBe('2 of 2 commands found on 1 node');
    expect(stops(verdict)).toEqual([]);
  });

  describeShells('are looked for', (shell) => {
    it('in PATH', () => {
      const path = fakes({ wg: ':' });
      const script = scriptOf(commands, gateContext({ names: ['wg', 'no-such-command'] }), nodeOf('ms-1'));
      const answer = runScript(shell, script, { path: [path] });
      expect(answer.stdout).toBe(`found wg ${path}/wg\nmissing no-such-command\nend\n`);
      expect(
        stops(
          verdictOn(
            commands,
            gateContext({ names: ['wg', 'no-such-command'] }, one),
            new Map([['ms-1', answer]]),
          ),
        ),
      ).toEqual(['ms-1: not found']);
    });
  });
});

describe('wireguard-support', () => {
  it.each([
    ['loaded no no', []],
    ['available no no', []],
    ['no yes yes', []],
    ['no yes no', ['ms-1: no kernel module, wireguard-go, no /dev/net/tun']],
    ['no no yes', ['ms-1: no kernel module, no wireguard-go, /dev/net/tun']],
  ])('support %s', (said, expected) => {
    expect(stops(verdictOf(wireguardSupport, {}, { 'ms-1': reply(`support ${said}`) }, one))).toEqual(
      expected,
    );
  });

  it.each([
    ['no no yes', false, "running 6.1.0-13-amd64, WireGuard's module"],
    ['no yes yes', true, "running 6.1.0-13-amd64, WireGuard's module"],
  ])('asks for a reboot if the modules are another kernel’s: support %s', (said, go, seen) => {
    const text = `support ${said}\nother 6.1.0-13-amd64 6.1.0-25-amd64`;
    const [finding] = verdictOf(wireguardSupport, {}, { 'ms-1': reply(text) }, one).findings;
    expect(finding).toMatchObject({ go, seen: expect.stringContaining(seen) });
    expect(finding?.seen).toContain('6.1.0-25-amd64');
    if (!go) expect(finding?.fix).toBe('reboot ms-1 into the kernel that is installed');
  });

  describeShells('knows which kernel the modules are for', (shell) => {
    (canMount ? it : it.skip)('the running one or another', () => {
      const folder = mkdtempSync(join(tmpdir(), 'bridgehead-modules-'));
      const ask = (release: string) => {
        mkdirSync(join(folder, `lib/modules/${release}`), { recursive: true });
        writeFileSync(join(folder, `lib/modules/${release}/modules.dep`), 'kernel/net/wireguard.ko: x.ko\n');
        const over = `mount -t overlay none -o 'lowerdir=${folder}/lib:/usr/lib' /usr/lib
[ ! -e /run/systemd/container ] || mount -t tmpfs none /run`;
        const under = ['unshare', '-m'];
        const script = scriptOf(wireguardSupport, gateContext({}), nodeOf('ms-1'));
        return runScript(shell, script.replace('[ -d /sys/module/wireguard ]', 'false'), {
          under,
          before: over,
        });
      };
      expect(ask('9.9.9-old').stdout).toMatch(/\nother \S+ 9\.9\.9-old\nend\n$/);
      expect(ask(execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim()).stdout).not.toContain('other');
      rmSync(folder, { recursive: true });
    });
  });

  describeShells('is found out', (shell) => {
    it('without loading the module', () => {
      const path = fakes({
        modprobe: 'case " $* " in *" -n "*) exit 0 ;; *) touch "$0.loaded" ;; esac',
        'wireguard-go': ':',
      });
      const { stdout } = askGate(shell, wireguardSupport, gateContext({}), nodeOf('ms-1'), {
        path: [path],
      });
      expect(stdout).toMatch(/^support (loaded|available) yes (yes|no)\nend\n$/);
      expect(runScript(shell, `ls ${path}`).stdout).not.toContain('loaded');
    });
  });
});
