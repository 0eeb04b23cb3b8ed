import type { BenchNode } from '../inventory.js';
import { SYSCTL_FILE } from './mesh-config.js';

// What the machines do in the measurements of bare ssh, in plain sh.

/** The pings that the job has to see, and those again that are lost on a mesh's first packets. */
export function pings(nodes: readonly BenchNode[]): string {
  const others = nodes.map(({ overlay }) => overlay).join(' ');
  return `for address in ${others}; do
( for try in 1 2 3 4 5; do ping -c 1 -W 2 $address >/dev/null && exit 0; done; echo "lost $address"; exit 1 ) & pids="$pids $!"
done
for pid in $pids; do wait $pid || failed=1; done
exit \${failed:-0}
`;
}

/** The questions that a re-apply has to ask, in plain sh. */
export const QUESTIONS = `cat /etc/wireguard/wg0.conf ${SYSCTL_FILE} >/dev/null
dpkg-query -W -f '\${Status}\\n' wireguard-tools wireguard-go
cat /proc/sys/net/ipv4/conf/all/rp_filter /proc/sys/net/ipv4/conf/default/rp_filter
systemctl show -p ActiveState -p UnitFileState wg-quick@wg0
wg pubkey </etc/wireguard/wg0.key
wg show wg0 allowed-ips; wg show wg0 endpoints; wg show wg0 latest-handshakes
ip -o addr show dev wg0; ip route show dev wg0; ip rule show
`;

/** Makes the private key, and prints the public one. */
export const KEYS = `umask 077
test -s /etc/wireguard/wg0.key || wg genkey >/etc/wireguard/wg0.key
wg pubkey </etc/wireguard/wg0.key
`;

const place = (path: string, text: string): string => `cat >${path} <<'END'\n${text}END\n`;

/** A first apply on one node; `%name%` in the configuration stands for the public key of a node. */
export const start = (config: string, settings: string): string => `umask 077
${place('/etc/wireguard/wg0.conf', config)}${place(SYSCTL_FILE, settings)}chmod 644 ${SYSCTL_FILE}
sysctl -q -p ${SYSCTL_FILE}
systemctl enable -q --now wg-quick@wg0
`;

/** Replaces the lines that differ, and loads the configuration. */
export function reload(before: string, after: string): string {
  const wanted = after.split('\n');
  const edits = before
    .split('\n')
    .flatMap((line, index) => (line === wanted[index] ? [] : [`s|^${line}$|${wanted[index]}|`]));
  if (edits.length === 0) return '';
  return `sed -i '${edits.join(';')}' /etc/wireguard/wg0.conf
wg-quick strip wg0 >/run/wg0.floor && wg syncconf wg0 /run/wg0.floor && wg set wg0 private-key /etc/wireguard/wg0.key
`;
}
