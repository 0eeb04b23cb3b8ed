import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Contender, Job } from '../contender.js';
import type { BenchNode } from '../inventory.js';
import { configs, SYSCTL_FILE } from './mesh-config.js';

/** The pings that the job has to see, and those again that are lost on a mesh's first packets. */
function pings({ nodes }: Bench): string {
  const others = nodes.map(({ overlay }) => overlay).join(' ');
  return `for address in ${others}; do
( for try in 1 2 3 4 5; do ping -c 1 -W 2 $address >/dev/null && exit 0; done; echo "lost $address"; exit 1 ) & pids="$pids $!"
done
for pid in $pids; do wait $pid || failed=1; done
exit \${failed:-0}
`;
}

/** The questions that a re-apply has to ask, in plain sh. */
const QUESTIONS = `cat /etc/wireguard/wg0.conf ${SYSCTL_FILE} >/dev/null
dpkg-query -W -f '\${Status}\\n' wireguard-tools wireguard-go
cat /proc/sys/net/ipv4/conf/all/rp_filter /proc/sys/net/ipv4/conf/default/rp_filter
systemctl show -p ActiveState -p UnitFileState wg-quick@wg0
wg pubkey </etc/wireguard/wg0.key
wg show wg0 allowed-ips; wg show wg0 endpoints; wg show wg0 latest-handshakes
ip -o addr show dev wg0; ip route show dev wg0; ip rule show
`;

const KEYS = `umask 077
test -s /etc/wireguard/wg0.key || wg genkey >/etc/wireguard/wg0.key
wg pubkey </etc/wireguard/wg0.key
`;

/** A file's text on its way to a node; \`%name%\` stands for the public key of a node. */
const place = (path: string, text: string): string => `cat >${path} <<'END'\n${text}END\n`;

const start = (config: string, settings: string): string => `umask 077
${place('/etc/wireguard/wg0.conf', config)}${place(SYSCTL_FILE, settings)}chmod 644 ${SYSCTL_FILE}
sysctl -q -p ${SYSCTL_FILE}
systemctl enable -q --now wg-quick@wg0
`;

/** Replaces the lines that differ, and loads the configuration. */
function reload(before: string, after: string): string {
  const wanted = after.split('\n');
  const edits = before
    .split('\n')
    .flatMap((line, index) => (line === wanted[index] ? [] : [`s|^${line}$|${wanted[index]}|`]));
  if (edits.length === 0) return '';
  return `sed -i '${edits.join(';')}' /etc/wireguard/wg0.conf
wg-quick strip wg0 >/run/wg0.floor && wg syncconf wg0 /run/wg0.floor && wg set wg0 private-key /etc/wireguard/wg0.key
`;
}

const file = ({ folder, delayed }: Bench, job: Job, moved: boolean): string =>
  join(folder, `floor-${job}${moved ? '-moved' : ''}${delayed ? '-delayed' : ''}`);

/** One ssh a node, all at once: `make` gives the command line that its standard input comes from, `then` takes its output. */
function everywhere(bench: Bench, make: (node: BenchNode) => string, then = ''): string {
  const calls = bench.nodes.map((node, index) => {
    const { host, port } = bench.dial(index);
    const check = bench.delayed ? 'no' : 'yes';
    return `${make(node)} | ssh -o BatchMode=yes -o StrictHostKeyChecking=${check} -p ${port} root@${host} sh -s ${then.replaceAll('%', node.name)} & pids="$pids $!"`;
  });
  return `pids=\n${calls.join('\n')}\nfor pid in $pids; do wait $pid || exit 1; done\n`;
}

/** Writes a program for each node, and says how it is read. */
function programs(
  bench: Bench,
  stem: string,
  text: (node: BenchNode) => string,
): (node: BenchNode) => string {
  for (const node of bench.nodes) writeFileSync(`${stem}.${node.name}`, text(node));
  return ({ name }) => `cat ${stem}.${name}`;
}

/** Parallel `ssh` processes, one a node, with the fewest execs: nothing that drives SSH can be faster by much. */
export const floor: Contender = {
  name: 'ssh (floor)',
  jobs: ['reapply', 'port', 'first', 'check'],
  async prepare(bench) {
    const { nodes, folder } = bench;
    const placeholder = (node: string): string => `%${node}%`;
    const [plain, moved] = [
      await configs(folder, nodes.length, false, placeholder),
      await configs(folder, nodes.length, true, placeholder),
    ];
    const of = (texts: ReadonlyMap<string, string>, { name }: BenchNode): string => texts.get(name) ?? '';
    const settings = readFileSync(join(folder, 'mesh-sysctl.conf'), 'utf8');
    const write = (job: Job, toPort: boolean, script: string): void =>
      writeFileSync(`${file(bench, job, toPort)}.sh`, script);
    for (const job of ['reapply', 'check'] as const) {
      const stem = file(bench, job, false);
      const questions = job === 'reapply' ? QUESTIONS : 'wg show wg0 latest-handshakes\n';
      write(
        job,
        false,
        everywhere(
          bench,
          programs(bench, stem, () => `${questions}${pings(bench)}`),
        ),
      );
    }
    for (const toPort of [false, true]) {
      const [before, after] = toPort ? [plain, moved] : [moved, plain];
      const text = (node: BenchNode): string => `${reload(of(before, node), of(after, node))}${pings(bench)}`;
      write('port', toPort, everywhere(bench, programs(bench, file(bench, 'port', toPort), text)));
    }
    const stem = file(bench, 'first', false);
    const known = join(folder, 'floor-public');
    const fill = nodes
      .map(({ name }) => `echo "s|%${name}%|$(cat ${known}.${name})|" >>${known}.sed`)
      .join('\n');
    programs(bench, stem, (node) => `${start(of(plain, node), settings)}${pings(bench)}`);
    writeFileSync(`${stem}.keys`, KEYS);
    const keys = everywhere(bench, () => `cat ${stem}.keys`, `>${known}.%`);
    const apply = everywhere(bench, ({ name }) => `sed -f ${known}.sed ${stem}.${name}`);
    write('first', false, `${keys}: >${known}.sed\n${fill}\n${apply}`);
  },
  command: (bench, job, moved) => ['sh', `${file(bench, job, moved)}.sh`],
};
