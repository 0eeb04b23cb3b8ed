import type { GroupScene } from '../case.js';
import type { Broken } from '../invariants/invariants.js';
import type { Wanted } from '../lanes/wanted.js';
import { onNode } from '../world.js';

/**
 * Seconds in which every pair must reach each other once nothing changes any more. Both ends ping at once, so their
 * handshakes can collide; WireGuard tries again after 5 s, and on a busy machine those collide, too.
 */
const PATIENCE = 30;

/** Every member of a network pings every other, asked of the machines themselves. */
export async function pairsPing({ world, lane }: GroupScene, wanted: Wanted, when: string): Promise<Broken> {
  const pings = wanted.members.map(async (member) => {
    const others = wanted.members.filter((one) => one !== member).map((one) => lane.address(wanted, one));
    const script = `end=$(($(date +%s) + ${PATIENCE}))
for address in ${others.join(' ')}; do
  until ping -nqc1 -W1 "$address" >/dev/null 2>&1; do
    if [ "$(date +%s)" -ge "$end" ]; then
      echo "$address ($(wg show all latest-handshakes | cut -f1,3 | tr '\\t\\n' ' ,') up $(cut -d. -f1 /proc/uptime) s)"
      break
    fi
  done
done`;
    const silent = (await onNode(world.lab, lane.nameOf(member), script)).split('\n').filter((text) => text);
    return silent.map((address) => `${when}: no ping from ${lane.nameOf(member)} to ${address}`);
  });
  return (await Promise.all(pings)).flat();
}

/** Nothing is left of an interface on a machine: not now, and not at the next boot. */
export async function isGone({ world }: GroupScene, node: string, name: string): Promise<Broken> {
  const script = `
if [ -e /sys/class/net/${name} ]; then echo 'is up'; fi
if systemctl -q is-enabled wg-quick@${name}.service 2>/dev/null; then echo 'comes up at the next boot'; fi
if [ -e /etc/wireguard/${name}.conf ]; then echo 'has its file'; fi`;
  const left = (await onNode(world.lab, node, script)).split('\n').filter((text) => text);
  return left.map((text) => `${name} of ${node} ${text}`);
}

/** A machine passes nothing on: no forwarding, no table, no unit that would bring them at the next boot. */
export async function forwardsNothing({ world }: GroupScene, node: string): Promise<Broken> {
  const script = `
[ "$(sysctl -n net.ipv4.ip_forward)" = 0 ] || echo 'net.ipv4.ip_forward is 1'
nft list tables | grep -q bridgehead && echo 'has a table of ours'
ls /etc/systemd/system/*.wants/ | grep '^bridgehead-forwarding'
ls /etc/sysctl.d | grep bridgehead-forwarding
true`;
  const left = (await onNode(world.lab, node, script)).split('\n').filter((text) => text);
  return left.map((text) => `${node} still forwards packets: ${text}`);
}
