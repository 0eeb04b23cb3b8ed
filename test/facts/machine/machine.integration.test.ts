import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Machine, machineFact } from '../../../src/facts/machine/machine.js';
import type { Sh } from '../../../src/remote/script.js';
import { sh } from '../../../src/remote/script.js';
import { describeShells, runScript, type Shell } from '../../support/shells.js';

const FAKES = {
  ip: `case $* in
'-o addr show') echo '1: lo    inet 127.0.0.1/8 scope host lo
2: eth0    inet 192.168.15.3/24 brd 192.168.15.255 scope global dynamic eth0
2: eth0    inet6 2001:db8::3/64 scope global dynamic mngtmpaddr
2: eth0    inet6 2001:db8::9999/64 scope global temporary dynamic
2: eth0    inet6 fe80::1/64 scope link
5: ppp0    inet 10.64.64.64 peer 10.64.64.1/32 scope global ppp0' ;;
'-4 route show') echo 'default via 192.168.15.1 dev eth0 proto dhcp metric 100
192.168.15.0/24 dev eth0 proto kernel scope link src 192.168.15.3
10.42.0.0/16 via 10.42.0.1 dev cni0' ;;
'-6 route show') echo 'fe80::/64 dev eth0 proto kernel
default via fe80::ff dev eth0 proto ra metric 1024' ;;
'neigh show') echo '192.168.15.1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE
192.168.15.9 dev eth0  FAILED' ;;
esac`,
  wg: `case $* in
'show interfaces') echo 'wg0 wg7' ;;
'show wg0 listen-port') echo 51820 ;;
'show wg7 listen-port') echo 40000 ;;
esac`,
  ss: `echo 'udp UNCONN 0 0 0.0.0.0:51820 0.0.0.0:*
udp UNCONN 0 0 127.0.0.1:53 0.0.0.0:* users:(("dnsmasq",pid=812,fd=4))'`,
  systemctl: '[ "$*" = "is-active -q firewalld" ]',
  'apt-get': ':',
};

describeShells('what a machine is like', (shell) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-machine-'));
    for (const [name, text] of Object.entries(FAKES)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const look = (before = ''): Machine => {
    // busybox has an ip of its own, which it prefers.
    const ip = `ip() { '${folder}/ip' "$@"; }`;
    const script: Sh = sh`${ip}
${before}
${machineFact.script}`;
    const reply = runScript(shell as Shell, script, { path: [folder] });
    return machineFact.parse(reply);
  };

  it('reads addresses, routes and the router, and leaves out what is of this link only', () => {
    const { addresses, defaults, ranges } = look();
    expect({ addresses, defaults, ranges }).toEqual({
      addresses: [
        { device: 'eth0', address: '192.168.15.3/24', passing: false },
        { device: 'eth0', address: '2001:db8::3/64', passing: false },
        { device: 'eth0', address: '2001:db8::9999/64', passing: true },
        { device: 'ppp0', address: '10.64.64.64/32', passing: false },
      ],
      defaults: [
        { family: 4, device: 'eth0', router: '192.168.15.1', routerMac: '02:00:00:00:00:01' },
        { family: 6, device: 'eth0', router: 'fe80::ff' },
      ],
      ranges: ['192.168.15.0/24', '10.42.0.0/16'],
    });
  });

  it('reads the machine itself', () => {
    const seen = look();
    expect(seen.hostname).toBe(hostname());
    expect(seen.architecture).toBe({ x64: 'x86_64', arm64: 'aarch64' }[arch() as string] ?? arch());
    expect(seen.os).not.toBe('unknown');
    expect(Math.abs(seen.clock - Date.now() / 1000)).toBeLessThan(60);
    expect(seen.uptime).toBeGreaterThan(0);
    expect({ apt: seen.apt, sudo: seen.sudo }).toEqual({ apt: true, sudo: 'root' });
  });

  it('reads tunnels that are there, who holds a port, and whose the firewall is', () => {
    const { wireguard, udp, firewalls } = look();
    expect(wireguard).toEqual([
      { interface: 'wg0', up: false, ours: false, port: 51820 },
      { interface: 'wg7', up: false, ours: false, port: 40000 },
    ]);
    expect(firewalls).toContain('firewalld');
    expect([...udp]).toEqual([
      [51820, undefined],
      [53, 'dnsmasq'],
    ]);
  });

  it('finds the two ends of the login in the processes above, as under sudo', () => {
    const inner = "SSH_CONNECTION='203.0.113.10 40022 198.51.100.25 22'";
    const nested = sh`env ${inner} sh -c ${`'env -u SSH_CONNECTION sh -s; :'`} <<'BRIDGEHEAD_INNER'
${machineFact.script}
BRIDGEHEAD_INNER`;
    const seen = machineFact.parse(runScript(shell as Shell, nested, { path: [folder] }));
    expect(seen.login).toEqual({ from: '203.0.113.10', to: '198.51.100.25', port: 22 });
  });
});
