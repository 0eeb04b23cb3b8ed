import type { Lab } from '../../src/lab/index.js';
import { onNode } from './world.js';

/**
 * What a run may change on a node, as text: files with owner, mode and content (secrets as their size), units,
 * addresses, links, routes, rules, the firewall, sysctls, WireGuard. What differs by itself (counters, learned
 * endpoints, lifetimes, at which address a peer was dialled) is left out.
 */
const READ = String.raw`
list=$(find /etc/bridgehead /etc/systemd/system /etc/wireguard /etc/sysctl.d /etc/nftables.conf /etc/ufw /etc/default/ufw /etc/firewalld /etc/iptables /etc/systemd/network /etc/ssh -type f ! -name 'bridgehead-guard*' ! -name '*_key' ! -name '*.pub' 2>/dev/null | sort)
[ -z "$list" ] || stat -c 'file %n %a %U:%G' $list
keys= plain=
for file in $list; do
  case $file in
    /etc/wireguard/.retired/*) ;;
    *.key) keys="$keys $file";;
    /etc/wireguard/.bridgehead/*)
      sum=$(sha256sum "/etc/wireguard/$(basename "$file").conf" 2>/dev/null | cut -d' ' -f1)
      sed -e "s/^config $sum\$/config as it is/" -e 's/^\(peer [^ ]*\) [0-9a-f]* /\1 /' -e "s|^|$file: |" "$file";;
    /etc/wireguard/*.conf) sed "s|^|$file: |" "$file";;
    *) plain="$plain $file";;
  esac
done
[ -z "$keys" ] || stat -c 'key %n of %s bytes' $keys
[ -z "$plain" ] || sha256sum $plain
systemctl show -p Id -p UnitFileState -p ActiveState ssh.service nftables.service ufw.service firewalld.service systemd-networkd.service $({ ls /etc/systemd/system/multi-user.target.wants | grep '^wg-quick@'; systemctl list-units --all --plain --no-legend 'wg-quick@*' | cut -d' ' -f1; (cd /etc/systemd/system && ls -d *.wants/bridgehead-* | sed 's|.*/||' | grep -v '^bridgehead-guard'); } 2>/dev/null | sort -u) |
  awk -F= '$1 == "Id" { id = $2 } $1 == "ActiveState" { active = $2 } $1 == "UnitFileState" { print "unit", id, $2, active }' |
  grep -v '^unit wg-quick@[^ ]* \(disabled\|\) *inactive$'
for key in net.ipv4.ip_forward net.ipv4.conf.all.rp_filter net.ipv4.conf.default.rp_filter net.ipv6.conf.all.forwarding; do
  printf 'sysctl %s %s\n' "$key" "$(sysctl -n "$key")"
done
ip -o addr | sed 's/^[0-9]*: /addr /; s/\\.*//; s/scope.*//; /inet6 fe80/d'
ip -o link | sed -n 's/^[0-9]*: \([^:@]*\)[^:]*: <\([^>]*\)>.* mtu \([0-9]*\).*/link \1 \2 \3/p'
for family in 4 6; do ip -$family route show table all | sed "s/ pref medium//; s/ expires [0-9a-z]*//; s/^/route$family /" | grep -v 'fe80\|^route6 multicast\|table local' | sort; ip -$family rule | sed "s/^/rule$family /"; done
command -v nft >/dev/null && nft list ruleset 2>/dev/null | sed 's/counter packets [0-9]* bytes [0-9]*/counter/; s/^/nft /'
command -v wg >/dev/null && wg show all dump | awk 'NF == 5 { print "wg", $1, $3, $4, $5 } NF == 9 { print "wg", $1, $2, $5, $9 }' | sort
true
`;

/** A folder of what was retired is named after its key. */
const RETIRED = /(\/etc\/wireguard\/\.retired\/\S+?)-[0-9a-f]{8}\//g;

const KEYS = 'for key in /etc/wireguard/*.key; do [ -e "$key" ] && wg pubkey <"$key"; done; true';

/** Public keys of a node's own private ones, in the order of their files' names. */
export const publicKeys = async (lab: Lab, node: string): Promise<string[]> =>
  (await onNode(lab, node, KEYS)).split('\n').filter((key) => key !== '');

/** The state of a lane's nodes by name. Public keys are replaced by their current owner, so that a new key compares equal. */
export async function readStates(lab: Lab, nodes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const seen = await Promise.all(
    nodes.map(async (node) => ({
      node,
      keys: await publicKeys(lab, node),
      text: await onNode(lab, node, READ),
    })),
  );
  const named = (text: string) =>
    seen.reduce(
      (sum, { node, keys }) =>
        keys.reduce(
          (all, key, index) => all.replaceAll(key, `<key${index === 0 ? '' : ` ${index + 1}`} of ${node}>`),
          sum,
        ),
      text.replace(RETIRED, '$1-<key>/'),
    );
  return new Map(seen.map(({ node, text }) => [node, named(text).split('\n').sort().join('\n')]));
}

/** The lines by which two states differ, `-` as wanted and `+` as seen. */
export function differences(wanted: string, seen: string): string[] {
  const before = new Set(wanted.split('\n'));
  const after = new Set(seen.split('\n'));
  return [
    ...[...before].filter((line) => !after.has(line)).map((line) => `-${line}`),
    ...[...after].filter((line) => !before.has(line)).map((line) => `+${line}`),
  ];
}
