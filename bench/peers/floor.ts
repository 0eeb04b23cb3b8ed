import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Contender } from '../contender.js';

/** The questions that a re-apply has to ask, and the pings that it has to see, in plain sh. */
function questions({ nodes }: Bench): string {
  const others = nodes.map(({ overlay }) => overlay).join(' ');
  return `cat /etc/wireguard/wg0.conf /etc/sysctl.d/99-bridgehead-mesh.conf >/dev/null
dpkg-query -W -f '\${Status}\\n' wireguard-tools wireguard-go
cat /proc/sys/net/ipv4/conf/all/rp_filter /proc/sys/net/ipv4/conf/default/rp_filter
systemctl show -p ActiveState -p UnitFileState wg-quick@wg0
wg pubkey </etc/wireguard/wg0.key
wg show wg0 allowed-ips; wg show wg0 endpoints; wg show wg0 latest-handshakes
ip -o addr show dev wg0; ip route show dev wg0; ip rule show
for address in ${others}; do ping -c 1 -W 2 $address >/dev/null || echo "lost $address" & done; wait
`;
}

/** Parallel \`ssh\` processes, one a node, one exec each: nothing that drives SSH can be faster by much. */
export const floor: Contender = {
  name: 'ssh (floor)',
  jobs: ['reapply', 'check'],
  async prepare(bench) {
    const program = join(bench.folder, 'floor-questions.sh');
    writeFileSync(program, questions(bench));
    const calls = bench.nodes.map((_, index) => {
      const { host, port } = bench.dial(index);
      return `ssh -o BatchMode=yes -o StrictHostKeyChecking=${bench.delayed ? 'no' : 'yes'} -p ${port} root@${host} sh -s <${program} &`;
    });
    writeFileSync(
      join(bench.folder, `floor${bench.delayed ? '-delayed' : ''}.sh`),
      `${calls.join('\n')}\nwait\n`,
    );
  },
  command: ({ folder, delayed }) => ['sh', join(folder, `floor${delayed ? '-delayed' : ''}.sh`)],
};
