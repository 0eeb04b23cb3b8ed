import { takeoverScript } from '../../../../../src/layers/wireguard/adopt/makers/script.js';
import type { Takeover } from '../../../../../src/layers/wireguard/adopt/makers/takeover.js';
import { canMount } from '../../../../support/can-mount.js';
import { describeShells, runScript, type Shell } from '../../../../support/shells.js';
import { fakes } from '../../gates/fakes.js';
import { KEYFILE_PATH, NETDEV_PATH, NETWORK_PATH } from './fixture.js';

const SECRET = 'PrivateKey = c2VjcmV0';
/** networkd as in systemd 257: it takes the addresses with either file. */
const TOOLS = {
  networkctl: `index=$(cat /sys/class/net/wg0/ifindex)
file=/etc/systemd/network/00-bridgehead-wg0.network
ip addr flush dev wg0
[ ! -e /run/stuck ] || exit 0
if grep -q Unmanaged "$file"; then echo ADMIN_STATE=unmanaged
else printf '%s\\n' ADMIN_STATE=configured "NETWORK_FILE=$file"; fi >/run/systemd/netif/links/$index`,
  nmcli: `echo "nmcli $*" >>/run/calls
[ ! -e /run/flushes ] || ip -6 route flush dev wg0
case "$*" in '-g GENERAL.STATE'*) echo '10 (unmanaged)' ;; *'managed no') [ ! -e /run/deletes ] || ip link del wg0 ;; esac`,
  systemctl: `echo "systemctl $* $(cat /run/systemd/system/*/as-it-runs.conf 2>/dev/null | tr '\\n' ' ')" >>/run/calls
case "$*" in start*) [ ! -e /run/stops ] || { kill -TERM "$(ps -o ppid= -p "$PPID" | tr -d ' ')"; exit 1; } ;; esac
case "$* $(ls /sys/class/net)" in start*wg0) ;; start*) ip link add wg0 type bridge; ip addr add 10.8.0.1/32 dev wg0 ;; esac`,
  ip: `case "$*" in *'-6 route replace'*) exit 2 ;; *) exec /usr/bin/env PATH=/usr/sbin:/sbin:/usr/bin:/bin ip "$@" ;; esac`,
  wg: `case $1 in showconf) echo '${SECRET}' ;; syncconf) cat >/run/syncconf ;; esac`,
  perl: 'shift 3; echo "called $*" >>/run/calls',
};
const SHOW = `ip -o addr show dev wg0 scope global | awk '{ print $4 }'; ip route show dev wg0 | awk '{ print $1 }'
ls /etc/systemd/network /etc/NetworkManager/system-connections /etc/NetworkManager/conf.d /etc/wireguard/.retired/wg0-before-adopt
stat -c %a /etc/wireguard/.retired /etc/wireguard/.retired/wg0-before-adopt/50-wg0.netdev 2>/dev/null; cat /run/calls; ls /run/systemd/system`;

const machine = (more = '') => ({
  path: [fakes(TOOLS)],
  under: ['unshare', '-m', '-n'],
  before: `mount -t sysfs sysfs /sys; mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /mnt; mkdir /mnt/upper /mnt/work
mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc
mount -t tmpfs tmpfs /etc/wireguard 2>/dev/null || mkdir -p /etc/wireguard
for folder in systemd/network NetworkManager/system-connections NetworkManager/conf.d; do
mkdir -p /etc/$folder; mount -t tmpfs tmpfs /etc/$folder
done
mkdir -p /run/systemd/netif/links /run/systemd/system
for file in ${NETDEV_PATH} ${NETWORK_PATH} ${KEYFILE_PATH}; do : >$file; done
chmod 640 ${NETDEV_PATH}
ip link add wg0 type bridge; ip addr add 10.8.0.1/32 dev wg0; ip link set wg0 up; ip route add 10.8.0.3/32 dev wg0
${more}`,
});

const script = (kind: Takeover['kind'], files: readonly string[]): string =>
  takeoverScript({
    interface: 'wg0',
    unit: 'wg-quick@wg0.service',
    takeover: { kind, files, text: '', untaken: [], drives: true },
    aside: '/etc/wireguard/.retired/wg0-before-adopt',
    facts: ['inventory small'],
    peers: ['10.8.0.3'],
  });

describeShells('an interface that is given to wg-quick', (shell: Shell) => {
  const maybe = canMount ? it : it.skip;
  const run = (text: string, more = '') => {
    const { code, stdout, stderr } = runScript(shell, `(${text}) || exit\n${SHOW}`, machine(more));
    expect(`${code} ${stderr}`).toBe('0 ');
    expect(stdout).not.toContain(SECRET);
    return stdout.trim().split('\n');
  };
  const STARTED = [
    'systemctl daemon-reload [Service] ExecStart= ExecStart=/bin/true ',
    'systemctl enable --quiet wg-quick@wg0.service [Service] ExecStart= ExecStart=/bin/true ',
    'systemctl start wg-quick@wg0.service [Service] ExecStart= ExecStart=/bin/true ',
    'systemctl daemon-reload ',
  ];

  maybe('by networkd keeps its addresses and routes, and networkd is kept away', () => {
    expect(run(script('networkd', [NETDEV_PATH, NETWORK_PATH]))).toEqual([
      '10.8.0.1/32',
      '10.8.0.3',
      '/etc/NetworkManager/conf.d:',
      '',
      '/etc/NetworkManager/system-connections:',
      'wg0.nmconnection',
      '',
      '/etc/systemd/network:',
      '00-bridgehead-wg0.network',
      '',
      '/etc/wireguard/.retired/wg0-before-adopt:',
      '50-wg0.netdev',
      '50-wg0.network',
      'of',
      '700',
      '640',
      ...STARTED,
      'called 10.8.0.3',
    ]);
  });

  maybe('by NetworkManager is let go first, and its file goes then', () => {
    const lines = run(script('NetworkManager', [KEYFILE_PATH]));
    expect(lines.slice(0, 2)).toEqual(['10.8.0.1/32', '10.8.0.3']);
    expect(lines).toEqual(expect.arrayContaining(['zz-bridgehead-wg0.conf', 'wg0.nmconnection', 'of']));
    expect(lines.slice(lines.findIndex((line) => line.startsWith('nmcli')))).toEqual([
      'nmcli device set wg0 managed no',
      'nmcli -g GENERAL.STATE device show wg0',
      'nmcli general reload conf',
      'nmcli connection reload',
      ...STARTED,
      'called 10.8.0.3',
    ]);
  });

  maybe('keeps its addresses if its program does not let go', () => {
    const text = script('networkd', [NETDEV_PATH, NETWORK_PATH]).replace('-le 100', '-le 2');
    const { stdout, stderr } = runScript(shell, `(${text}); echo "$?"\n${SHOW}`, machine(': >/run/stuck'));
    expect(stderr).toContain('networkd does not let go of wg0');
    expect(stdout.split('\n').slice(0, 3)).toEqual(['1', '10.8.0.1/32', '10.8.0.3']);
  });

  maybe('is not given without its routes', () => {
    const text = script('NetworkManager', [KEYFILE_PATH]);
    const more = 'ip route del 10.8.0.3/32 dev wg0; ip -6 route add fd00:8::3/128 dev wg0; : >/run/flushes';
    const { stdout, stderr } = runScript(shell, `(${text}); echo "$?"\ncat /run/calls`, machine(more));
    expect(stderr).toBe('wg0 has lost its routes: fd00:8::3\n');
    expect(stdout).toMatch(/^1\n/);
    expect(stdout).not.toContain('systemctl');
  });

  maybe('leaves no part of the unit behind if it is stopped while that starts', () => {
    const text = script('networkd', [NETDEV_PATH, NETWORK_PATH]);
    const { stdout } = runScript(
      shell,
      `(${text}); echo "$?"\nls /run/systemd/system`,
      machine(': >/run/stops'),
    );
    expect(stdout).toBe('1\n');
  });

  maybe('is made again by wg-quick if its program takes it away', () => {
    const lines = run(script('NetworkManager', [KEYFILE_PATH]), ': >/run/deletes');
    expect(lines.slice(0, 2)).toEqual(['10.8.0.1/32', '10.8.0.3']);
    expect(lines.slice(-3)).toEqual([
      'systemctl enable --quiet wg-quick@wg0.service ',
      'systemctl start wg-quick@wg0.service ',
      'called 10.8.0.3',
    ]);
  });
});
