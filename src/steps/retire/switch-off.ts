import { quote } from '../../remote/quote.js';
import { UFW_VALUES_BACK } from '../forwarding/ufw-sysctl.js';
import { FORWARDING_KEYS } from '../forwarding-live.js';
import { FORWARDING_FOLDER, forwardingSysctlPath, rulesetPath } from '../forwarding-unit.js';

/** Files that may turn a kernel setting on at the next boot; networkd's have words of their own for it. */
const SETTERS =
  '/etc/sysctl.conf /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf /etc/ufw/sysctl.conf /etc/systemd/network/*.network /etc/systemd/networkd.conf';
/** Interfaces of programs that turn forwarding on by themselves. */
const FORWARDERS = 'docker0 virbr0 lxcbr0 lxdbr0 incusbr0 podman0 cni0';

/**
 * Removes the file that turned forwarding on, and turns it off again, unless something else on the node wants it: without our
 * table the node would pass on what nobody judges.
 */
export function switchOffScript(interfaceName: string): string {
  const file = quote(forwardingSysctlPath(interfaceName));
  return `file=${file}
wanted_elsewhere() {
for link in ${FORWARDERS}; do [ ! -d "/sys/class/net/$link" ] || return 0; done
for one in ${SETTERS}; do
[ "$one" != "$file" ] && [ -f "$one" ] || continue
grep -Eqi "^[[:space:]]*-?$1[[:space:]]*=[[:space:]]*1|^[[:space:]]*IP(v[46])?Forward(ing)?[[:space:]]*=[[:space:]]*(1|y|t|on|ipv)" "$one" && return 0
done
return 1
}
others=
for one in ${FORWARDING_FOLDER}/*.nft; do [ ! -e "$one" ] || [ "$one" = ${quote(rulesetPath(interfaceName))} ] || others=yes; done
# What stands there for us alone would count as another's wish.
if [ -z "$others" ]; then
${UFW_VALUES_BACK}
fi
if [ -f "$file" ]; then
settings=$(cat "$file")
rm -f "$file"
printf '%s\\n' "$settings" | while read -r key _ value; do
path=/proc/sys/$(printf %s "$key" | tr ./ /.)
case $key in
${Object.values(FORWARDING_KEYS).join(' | ')}) wanted_elsewhere "$(printf %s "$key" | sed 's,[.],[./],g')" || [ ! -e "$path" ] || echo 0 >"$path" ;;
net.ipv6.conf.*.accept_ra) [ ! -e "$path" ] || wanted_elsewhere 'net[./]ipv6[./]conf[./]all[./]forwarding' || echo 1 >"$path" ;;
esac
done
fi`;
}
