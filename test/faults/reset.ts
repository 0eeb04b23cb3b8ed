import { setTimeout as sleep } from 'node:timers/promises';
import { differences, readStates } from './state.js';
import { type Lane, onNode, type World } from './world.js';

/** What a run, a fault or a lock-out may have left behind, undone; packages stay. */
export const UNDO = `
exec >/dev/null 2>&1 </dev/null
[ ! -e /run/faults-holder ] || kill "$(cat /run/faults-holder)"
for unit in $(systemctl list-units --all --plain --no-legend 'bridgehead-*' | cut -d' ' -f1); do systemctl stop "$unit"; systemctl reset-failed "$unit"; done
for unit in $(cd /etc/systemd/system && ls -d bridgehead-* ); do systemctl disable "$unit"; rm -rf "/etc/systemd/system/$unit"; done
for folder in /etc/wireguard /var/lib/bridgehead /etc/nftables.conf; do while mountpoint -q $folder; do umount -l $folder; done; done
ufw_was_on=$(grep -x 'ENABLED=yes' /etc/ufw/ufw.conf)
for unit in nftables ufw firewalld wg-quick@wg0 $(systemctl list-units --all --plain --no-legend 'wg-quick@*' | cut -d' ' -f1) $(cd /etc/systemd/system/multi-user.target.wants && ls -d wg-quick@*); do
  if systemctl -q is-active "$unit" || systemctl -q is-enabled "$unit"; then systemctl disable --now "$unit"; fi
done
for link in wg0 $(wg show interfaces); do ip link delete "$link"; done
pkill -x wireguard-go
if [ -n "$ufw_was_on" ]; then ufw --force disable; fi
rm -rf /etc/bridgehead /run/bridgehead /etc/systemd/system/*/*bridgehead* /var/lib/bridgehead /etc/wireguard /etc/sysctl.d/99-bridgehead-* /etc/ssh/sshd_config.d/50-elsewhere.conf /etc/ssh/sshd_config.d/00-mine.conf /etc/iptables /run/lock-out
mkdir -m 700 /etc/wireguard
if [ -e /root/faults-saved.tar ]; then rm -rf /etc/ufw /etc/firewalld; tar -C / -xpf /root/faults-saved.tar; else tar -C / -cpf /root/faults-saved.tar etc/nftables.conf etc/ufw etc/default/ufw etc/ssh etc/systemd/network $(cd / && ls -d etc/firewalld); fi
ip rule del pref 5270
ip route flush table 52
sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.ip_forward=0
nft flush ruleset
rm -rf /etc/systemd/system/ssh.socket.d
systemctl disable --now ssh.socket
systemctl daemon-reload
systemctl reset-failed
systemctl enable ssh
systemctl restart ssh
if [ -e /usr/bin/tree ]; then apt-get -y purge tree; fi
true
`;

/** Makes a lane's machines as they were at first; reboots one that won't be. Throws where even that doesn't help. */
export async function resetLane(
  world: World,
  lane: Lane,
  wanted: ReadonlyMap<string, string> | undefined,
): Promise<void> {
  await Promise.all(lane.nodes.map((node) => resetNode(world, node, lane, wanted)));
}

async function resetNode(
  { lab, setLine }: World,
  node: string,
  lane: Lane,
  wanted: ReadonlyMap<string, string> | undefined,
): Promise<void> {
  if (lane.lines.some(({ name }) => name === node)) {
    await setLine(node, { kind: 'reset' });
    await setLine(node, { kind: 'pass' });
  }
  await onNode(lab, node, UNDO);
  const first = wanted?.get(node);
  if (first === undefined) return;
  const differs = async () => differences(first, (await readStates(lab, [node])).get(node) ?? '');
  if ((await differs()).length === 0) return;
  await lab.reboot(node);
  await onNode(lab, node, UNDO);
  for (let left = 20; left > 0 && (await differs()).length > 0; left--) await sleep(250);
  const still = await differs();
  if (still.length > 0) throw new Error(`${node} of lane ${lane.index} can't be reset:\n${still.join('\n')}`);
}
