import { spawnSync } from 'node:child_process';
import uplinks from '../../../src/layers/firewall/probe/uplinks.sh';
import { rulesetText } from '../../../src/layers/firewall/table/ruleset.js';
import { canMount } from '../../support/can-mount.js';

const DEVICES = ['virbr0', 'lxdbr0', 'br-0123456789ab', 'br-ext', 'eth9'] as const;
/** The last of each device; it is open to anyone. */
const LAST = 51820;
const UDP = [53, 67, 547, 5353, 9090, LAST];

const ruleset = rulesetText({
  inventory: 'home',
  openings: [{ node: 'a', protocol: 'udp', port: LAST, sources: 'anyone', because: 'network mesh' }],
  closesInput: true,
  passes: [],
  uplinks: ['br-ext'],
  strays: [],
});

/** Counts what has passed our table, by the device that it came in on. */
const COUNTING = `table inet counting {
	chain published { type nat hook prerouting priority dstnat; udp dport 9090 dnat ip to 10.99.0.2:80; }
	chain input {
		type filter hook input priority filter + 10
${DEVICES.flatMap((device) => [
  ...UDP.map((port) => `		iifname "${device}" udp dport ${port} counter\n`),
  `		iifname "${device}" tcp dport 53 counter\n`,
]).join('')}	}
	chain forward {
		type filter hook forward priority filter + 10
${DEVICES.map((device) => `		iifname "${device}" udp dport 80 counter\n`).join('')}	}
}
`;

/** Another machine sends on each device to each port; what came through is printed. */
const SCRIPT = `set -e
unshare -n sleep 60 &
other=$!
trap 'kill $other' EXIT
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
echo 1 >/proc/sys/net/ipv4/ip_forward
ip link add there type veth peer name beyond
ip addr add 10.99.0.1/24 dev there
ip link set there up
ip link set beyond up
ip neigh add 10.99.0.2 lladdr 02:00:00:00:00:01 dev there
nft -f - <<'END'
${ruleset}${COUNTING}END
n=0
for device in ${DEVICES.join(' ')}; do
  n=$((n + 1))
  ip link add "$device" type veth peer name "e$n" netns "$other"
  ip addr add "10.9$n.0.1/24" dev "$device"
  ip link set "$device" up
  nsenter -t "$other" -n sh -c "ip addr add 10.9$n.0.2/24 dev e$n && ip link set e$n up"
done
nsenter -t "$other" -n perl -MIO::Socket::INET -e '
  for my $n (1 .. ${DEVICES.length}) {
    IO::Socket::INET->new(PeerAddr => "10.9$n.0.1", PeerPort => 53, Proto => "tcp", Blocking => 0);
    for my $port (${UDP.join(', ')}) {
      IO::Socket::INET->new(PeerAddr => "10.9$n.0.1", PeerPort => $port, Proto => "udp")->send("x");
    }
  }'
n=0
until [ "$(nft list table inet counting | grep -c 'dport ${LAST} counter packets [1-9]')" = ${DEVICES.length} ] || [ $n -ge 100 ]; do
  n=$((n + 1))
  sleep 0.1
done
nft list table inet counting | sed -n 's/^.*iifname "\\(.*\\)" \\(.*\\) dport \\([0-9]*\\) counter packets [1-9].*/\\1 \\3\\/\\2/p'
`;

(canMount ? describe : describe.skip)('the inside of a closed machine', () => {
  it('gets names and leases from it, and reaches published ports; what only is called like it does not', () => {
    const { stdout, stderr, status } = spawnSync('unshare', ['-n', 'sh', '-c', SCRIPT], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const came = new Set(stdout.trim().split('\n'));
    const inside = ['53/udp', '67/udp', '547/udp', '53/tcp', '80/udp', `${LAST}/udp`];
    const wanted = [
      ...DEVICES.slice(0, 3).flatMap((device) => inside.map((port) => `${device} ${port}`)),
      ...DEVICES.slice(3).map((device) => `${device} ${LAST}/udp`),
    ];
    expect([...came].sort()).toEqual(wanted.sort());
  });

  it('leads out by a default route, or by a bridge with another port than those of guests', () => {
    const script = `set -e
mount -t sysfs sysfs /sys
for bridge in br-ext br-lab br-0123456789ab virbr0; do ip link add "$bridge" type bridge; done
ip link add eth9 type veth peer name eth8
ip link add vethx type veth peer name vethy
ip link add vnet0 type veth peer name guest
ip link set eth9 master br-ext
ip link set vethx master br-0123456789ab
ip link set vnet0 master virbr0
ip addr add 10.98.0.1/24 dev br-lab
ip link set br-lab up
ip route add default via 10.98.0.2
${uplinks}`;
    const { stdout, stderr, status } = spawnSync('unshare', ['-n', '-m', 'sh', '-c', script], {
      encoding: 'utf8',
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.trim().split('\n').sort()).toEqual(['uplink br-ext', 'uplink br-lab']);
  });
});
