import { quote } from '../../../remote/quote.js';
import { FORWARDING_KEYS } from '../forwarding/switches.js';
import { forwardingTable } from '../forwarding/table.js';
import { forwardingSysctlPath } from '../forwarding/unit.js';
import { WAS_ON } from '../forwarding/was-on.js';
import { MANAGED } from '../overlay/config.js';
import { recordPath } from '../ownership/record.js';
import { configPath } from '../tunnel/readings.js';

/** Files that may turn a kernel setting on at the next boot; networkd's have words of their own for it. */
export const SETTERS =
  '/etc/sysctl.conf /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf /etc/ufw/sysctl.conf /etc/systemd/network/*.network /etc/systemd/network/*.network.d/*.conf /run/systemd/network/*.network /etc/systemd/networkd.conf /etc/systemd/networkd.conf.d/*.conf';
/** Interfaces of programs that turn forwarding on by themselves, up or not. */
const FORWARDERS = 'docker0 | virbr* | lxcbr0 | lxdbr0 | incusbr0 | podman* | cni* | cali* | cilium*';
/** Ends of containers and virtual machines, and tunnels, that don't say of themselves what they are. */
const GUESTS = 've-* | vb-* | vz-* | vt-* | veth* | vnet* | ppp* | ipsec* | xfrm* | tailscale* | zt*';
/** Where scripts and hooks lie that turn forwarding on when something starts. */
export const HOOKS =
  '/etc/wireguard /etc/amnezia /etc/openvpn /etc/network /etc/ppp /etc/rc.local /etc/NetworkManager/dispatcher.d /etc/networkd-dispatcher /etc/systemd/system /etc/cron.d /etc/crontab /var/spool/cron /etc/swanctl /etc/ipsec.d /etc/strongswan.d /etc/shorewall';
const SWITCH = '(ip_forward(ing)?|conf[./][a-z*]+[./]forwarding)';
/** A line that isn't a comment and sets a switch to something else than 0: `SWITCH=1`, `echo 1 >SWITCH`, `SWITCH=$WANTED`. */
const TURNS_ON = `^[[:space:]]*([^#;[:space:]].*)?(${SWITCH}.?[[:space:]]*[:=][[:space:]]*.?(1|y|t|on|k|[$])|(1|[$][^[:space:]]*).?[[:space:]]*[>|][^;&]*${SWITCH})`;

/**
 * sh: `why_forwards INTERFACE KEY` says in one line why the node has to go on forwarding (`KEY` is the kernel's switch) when
 * this interface of ours no longer needs it, or fails where nothing speaks for that. In doubt it names a reason: forwarding that is
 * left on harms nobody as much as a foreign VPN or a guest that is cut off.
 */
export const WHY_FORWARDS = `is_ours() {
[ ! -e "${recordPath('$1')}" ] || return 0
line=
[ -f "${configPath('$1')}" ] && read -r line <"${configPath('$1')}"
case $line in ${quote(MANAGED)}*) return 0 ;; esac
return 1
}
passes_on() {
case $1 in ${FORWARDERS}) return 0 ;; esac
flags=0
read -r flags 2>/dev/null <"/sys/class/net/$1/flags"
[ $((flags & 1)) = 1 ] || return 1
case $1 in ${GUESTS}) return 0 ;; esac
[ ! -e "/sys/class/net/$1/tun_flags" ] || return 0
while read -r line; do
case $line in DEVTYPE=wireguard | DEVTYPE=bridge) return 0 ;; esac
done <"/sys/class/net/$1/uevent"
return 1
}
why_forwards() {
own=${forwardingSysctlPath('$1')}
! grep -qsxF "${WAS_ON}$2 = 1" "$own" || { echo 'it was on before Bridgehead needed it'; return 0; }
for link in /sys/class/net/*; do
link=\${link##*/}
[ "$link" != "$1" ] && [ -d "/sys/class/net/$link" ] && ! is_ours "$link" && passes_on "$link" || continue
echo "interface $link may need it"
return 0
done
pattern=$(printf %s "$2" | sed 's,[.],[./],g')
for one in ${SETTERS}; do
[ "$one" != "$own" ] && [ -f "$one" ] || continue
! grep -Eqi "^[[:space:]]*-?$pattern[[:space:]]*=[[:space:]]*1|^[[:space:]]*IP(v[46])?(Forward(ing)?|Masquerade)[[:space:]]*=[[:space:]]*(1|y|t|on|ipv|both)" "$one" || { echo "$one turns it on"; return 0; }
done
one=$(grep -Elrsi '${TURNS_ON}' ${HOOKS} | head -n 1)
[ -z "$one" ] || { echo "$one turns it on"; return 0; }
one=$(nft list ruleset 2>/dev/null | awk '$1 == "table" { table = $2 " " $3; ours = index($3, ${JSON.stringify(forwardingTable(''))}) == 1 } !ours && /masquerade|MASQUERADE|[ "](snat|SNAT)[ "]/ { print table; exit }')
[ -z "$one" ] || { echo "table $one gives packets another source"; return 0; }
for tool in ip ip6; do
grep -qsx nat /proc/net/\${tool}_tables_names || continue
{ \${tool}tables-legacy-save -t nat 2>/dev/null || \${tool}tables-save -t nat 2>/dev/null; } | grep -Eq -e '-j (MASQUERADE|SNAT)' || continue
echo "\${tool}tables gives packets another source"
return 0
done
return 1
}
why_stays_on() {
for switch in ${Object.values(FORWARDING_KEYS).join(' ')}; do
! grep -qs "^$switch = 1$" "${forwardingSysctlPath('$1')}" || ! why_forwards "$1" "$switch" || return 0
done
return 1
}`;

/** What is done about the switch when an interface passes nothing on any more; `why` as the node gave it, where it did. */
export function tellSwitch(why: string | undefined): string {
  return why === undefined
    ? 'forward no packets unless something else here may want it'
    : `leave the kernel's forwarding on: ${why}`;
}
