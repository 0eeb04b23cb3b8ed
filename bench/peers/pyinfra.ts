import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Contender } from '../contender.js';
import { meshConfig, SYSCTL_FILE, template } from './mesh-config.js';

const name = (delayed: boolean, moved: boolean): string =>
  `pyinfra_${delayed ? 'delayed_' : ''}${moved ? 'moved' : 'plain'}.py`;

async function hosts(bench: Bench, moved: boolean): Promise<string> {
  const peers = await meshConfig(bench.folder, bench.nodes.length, moved);
  const entries = bench.nodes.map((node, index) => {
    const { host, port } = bench.dial(index);
    const data = {
      node: node.name,
      ssh_hostname: host,
      ssh_port: port,
      ssh_user: 'root',
      ssh_strict_host_key_checking: 'off',
      overlay: node.overlay,
      peers: peers.get(node.name),
    };
    return `    (${JSON.stringify(node.name)}, ${JSON.stringify(data)}),`;
  });
  return `nodes = [\n${entries.join('\n')}\n]\n`;
}

const DEPLOY = `import sys
from pathlib import Path
from pyinfra import host, inventory
from pyinfra.api import FactBase
from pyinfra.operations import apt, files, server, systemd

sys.path.insert(0, str(Path.cwd()))
from turns import one_at_a_time


class PublicKey(FactBase):
    def command(self):
        return "wg pubkey < /etc/wireguard/wg0.key 2>/dev/null || true"

    def process(self, output):
        return output[0] if output else ""


apt.packages(name="packages", packages=["wireguard-tools", "wireguard-go"], no_recommends=True)
files.put(name="kernel settings", src="mesh-sysctl.conf", dest="${SYSCTL_FILE}", mode="644")
server.sysctl(key="net.ipv4.conf.all.rp_filter", value=2)
server.sysctl(key="net.ipv4.conf.default.rp_filter", value=2)
host.get_fact(PublicKey)
with one_at_a_time:
    keys = {peer.name: peer.get_fact(PublicKey) for peer in inventory}
config = files.template(name="configuration", src="wg0.pyinfra.j2", dest="/etc/wireguard/wg0.conf", mode="600", keys=keys, jinja_env_kwargs={"trim_blocks": True})
systemd.service(name="service", service="wg-quick@wg0", running=True, enabled=True)
if config.will_change:
    server.shell(name="reload", commands=["bash -c 'wg syncconf wg0 <(wg-quick strip wg0; echo)'; wg set wg0 private-key /etc/wireguard/wg0.key"])
`;

/** A module is loaded once for all hosts. Without it each would ask every other at once, more than sshd's MaxSessions lets. */
const TURNS = `from gevent.lock import RLock

one_at_a_time = RLock()
`;

/** A first run of its own: pyinfra reads all facts, public keys among them, before it runs any operation. */
const KEYS = `from pyinfra.operations import apt, server

apt.packages(name="packages", packages=["wireguard-tools", "wireguard-go"], no_recommends=True)
server.shell(name="private key", commands=["umask 077; test -s /etc/wireguard/wg0.key || wg genkey > /etc/wireguard/wg0.key"])
`;

const VERIFY = `from pyinfra import host
from pyinfra.operations import server

addresses = " ".join(peer["address"] for peer in host.data.peers)
server.shell(
    name="every peer answers and has shaken hands",
    commands=[
        "for address in %s; do ( for try in 1 2 3 4 5; do ping -c 1 -W 2 $address >/dev/null && exit 0; done; exit 1 ) & pids=\\"$pids $!\\"; done; "
        "for pid in $pids; do wait $pid || failed=1; done; "
        "wg show wg0 latest-handshakes | awk '$2 == 0 { exit 1 }' || failed=1; exit \${failed:-0}" % addresses
    ],
)
`;

export const pyinfra: Contender = {
  name: 'pyinfra',
  jobs: ['reapply', 'port', 'first', 'check'],
  async prepare(bench) {
    const write = (file: string, text: string): void => writeFileSync(join(bench.folder, file), text);
    write('deploy.py', DEPLOY);
    write('turns.py', TURNS);
    write('keys.py', KEYS);
    write('verify.py', VERIFY);
    write('wg0.pyinfra.j2', template('host.data.', 'keys[peer.name]'));
    for (const moved of [false, true]) write(name(bench.delayed, moved), await hosts(bench, moved));
  },
  command: (bench, job, moved) => {
    const run = (...files: string[]): string =>
      [join(bench.folder, 'venv/bin/pyinfra'), '--yes', name(bench.delayed, moved), ...files].join(' ');
    const parts = {
      reapply: [run('deploy.py', 'verify.py')],
      port: [run('deploy.py', 'verify.py')],
      first: [run('keys.py'), run('deploy.py', 'verify.py')],
      check: [run('verify.py')],
    };
    return ['env', '-C', bench.folder, 'sh', '-c', parts[job].join(' && ')];
  },
};
