import { expect } from '@jest/globals';
import type { Lab } from '../../../src/lab/index.js';
import { aptInstall } from '../support/apt.js';
import { exec } from '../support/bridgehead.js';

/** Listens on these ports of both families before it returns, and again after a boot. */
const LISTEN = `cat >/etc/systemd/system/ports.service <<'END'
[Service]
Type=forking
ExecStart=/usr/bin/perl /root/ports.pl 8081 8082 8083 8084
[Install]
WantedBy=multi-user.target
END
cat >/root/ports.pl <<'END'
use strict;
use Socket qw(:DEFAULT);
my @all = map {
  socket(my $all, AF_INET6, SOCK_STREAM, 0) or die $!;
  setsockopt($all, SOL_SOCKET, SO_REUSEADDR, 1);
  bind($all, pack_sockaddr_in6($_, Socket::IN6ADDR_ANY)) or die $!;
  listen($all, 99) or die $!;
  $all;
} @ARGV;
exit if fork;
while (1) {
  my $ready = '';
  vec($ready, fileno $_, 1) = 1 for @all;
  select($ready, undef, undef, undef);
  for (@all) { accept(my $one, $_) if vec($ready, fileno $_, 1) }
}
END
systemctl enable --now --quiet ports
`;
/** Installs these, and what the playbooks would install one after the other. */
const install = (packages: string): string =>
  `set -e\n${aptInstall(`nftables iptables wireguard-tools wireguard-go ${packages}`)}\n`;

/** A container's network, and its port 80 published twice as Docker does it. */
const PLAIN = `${install('')}
sysctl -qw net.ipv4.ip_forward=1
ip netns add box
ip link add docker0 type veth peer name eth0 netns box
ip addr add 172.18.0.1/24 dev docker0
ip link set docker0 up
ip -n box addr add 172.18.0.2/24 dev eth0
ip -n box link set eth0 up
ip -n box route add default via 172.18.0.1
cat >/root/box.pl <<'END'
my $all = IO::Socket::INET->new(LocalPort => 80, Listen => 9, ReuseAddr => 1) or die;
while (my $one = $all->accept) { close $one }
END
systemd-run -q --unit=box ip netns exec box perl -MIO::Socket::INET /root/box.pl
for port in 8090 8085; do
  iptables -t nat -A PREROUTING -p tcp --dport $port -j DNAT --to-destination 172.18.0.2:80
done
`;
/** What Oracle's images bring: policies that accept, and a last rule that rejects. */
const ORACLE = `${install('')}
for tool in iptables ip6tables; do
  $tool -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
  $tool -A INPUT -i lo -j ACCEPT
  $tool -A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
done
iptables -A INPUT -p icmp -j ACCEPT
ip6tables -A INPUT -p ipv6-icmp -j ACCEPT
iptables -A INPUT -j REJECT --reject-with icmp-host-prohibited
ip6tables -A INPUT -j REJECT
`;
const UFW = `${install('ufw')}
ufw allow 22/tcp >/dev/null
ufw allow 9999/tcp >/dev/null
ufw --force enable >/dev/null
`;
/** A firewalld that starts has its name on the bus before it has its rules in the kernel. */
export const FIREWALLD_LOADED =
  'until firewall-cmd --state && nft list chain inet firewalld filter_INPUT; do sleep 0.2; done >/dev/null 2>&1';

/** firewalld as Debian brings it, with a port that somebody opened for good, and two things that are only live. */
const FIREWALLD = `set -e
${aptInstall('nftables firewalld netbase')}
firewall-cmd --permanent --add-port=9999/tcp
firewall-cmd --reload
firewall-cmd --add-port=9998/tcp
firewall-cmd --add-rich-rule='rule family="ipv4" source address="192.0.2.7" reject'
`;
/** How the nodes are before they are closed. */
export const SETTLE = {
  plain: PLAIN + LISTEN,
  ufw: UFW + LISTEN,
  oracle: ORACLE + LISTEN,
  firewalld: FIREWALLD + LISTEN,
} as const;

/** All that a firewall is made of on a node. */
export const STATE = `nft list tables | grep -v '^table ip6* '
for tool in iptables ip6tables; do ! command -v $tool >/dev/null || $tool -S; done
find /etc -name '*bridgehead-firewall*' -o -path '/etc/bridgehead/firewall/*'
[ ! -e /etc/ufw/user.rules ] || cat /etc/ufw/user.rules /etc/ufw/user6.rules
systemctl is-enabled bridgehead-firewall 2>/dev/null
true`;

/** What firewalld has: live, permanently, in its files and in the kernel. */
export const ZONES = `firewall-cmd --list-all-zones
firewall-cmd --permanent --list-all-zones
find /etc/firewalld -type f -exec sha256sum {} +
nft list table inet firewalld`;

/** `open`; `nobody`: a reset, for nobody listens; `rejected` by an ICMP message; `dropped`: no answer in five seconds. */
export type Answer = 'open' | 'nobody' | 'rejected' | 'dropped';

const ANSWER = `answer() {
  said=$(LC_ALL=C timeout 5 bash -c "exec 3<>/dev/tcp/$1/$2" 2>&1)
  case $?:$said in
    0:*) echo "$1 $2 open" ;;
    124:*) echo "$1 $2 dropped" ;;
    *refused*) echo "$1 $2 nobody" ;;
    *) echo "$1 $2 rejected" ;;
  esac
}
`;

/** What a machine is answered by the ports of each address, all at once. */
export async function answers(
  lab: Lab,
  from: string,
  addresses: readonly string[],
  ports: readonly number[],
): Promise<readonly Readonly<Record<number, Answer>>[]> {
  const calls = addresses.flatMap((address) => ports.map((port) => `answer ${address} ${port} &`));
  const lines = (await exec(lab, from, `${ANSWER}${calls.join('\n')}\nwait`)).split('\n');
  const found = addresses.map((address) =>
    lines.filter((line) => line.startsWith(`${address} `)).map((line) => line.split(' ').slice(1)),
  );
  for (const one of found) expect(one).toHaveLength(ports.length);
  return found.map((one) => Object.fromEntries(one));
}
