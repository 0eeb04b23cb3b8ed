import { quote } from '../../../remote/quote.js';
import { MARK_KEY } from '../forwarding/closed.js';
import { FORWARDING_KEYS } from '../forwarding/switches.js';
import { UFW_VALUES_BACK } from '../forwarding/ufw-sysctl.js';
import { FORWARDING_FOLDER, forwardingSysctlPath, rulesetPath } from '../forwarding/unit.js';
import { KEEP_ACCEPT_RA } from './keep-accept-ra.js';
import { MARK_WANTED } from './mark-wanted.js';
import { WHY_FORWARDS } from './why-forwards.js';

/**
 * Removes the file that turned forwarding on, and turns it off again, unless something else on the node may want it: without our
 * table the node would pass on what nobody judges.
 */
export function switchOffScript(interfaceName: string): string {
  const name = quote(interfaceName);
  return `file=${quote(forwardingSysctlPath(interfaceName))}
${WHY_FORWARDS}
${KEEP_ACCEPT_RA}
${MARK_WANTED}
others=
for one in ${FORWARDING_FOLDER}/*.nft; do [ ! -e "$one" ] || [ "$one" = ${quote(rulesetPath(interfaceName))} ] || others=yes; done
# What stands there for us alone would count as another's wish.
if [ -z "$others" ]; then
${UFW_VALUES_BACK}
fi
if [ -f "$file" ]; then
settings=$(cat "$file")
stay=
for key in ${Object.values(FORWARDING_KEYS).join(' ')}; do if why_forwards ${name} "$key" >/dev/null; then stay="$stay $key "; fi; done
rm -f "$file"
printf '%s\\n' "$settings" | while read -r key _ value; do
path=/proc/sys/$(printf %s "$key" | tr ./ /.)
[ -e "$path" ] || continue
case $key in
${Object.values(FORWARDING_KEYS).join(' | ')}) case $stay in *" $key "*) ;; *) echo 0 >"$path" ;; esac ;;
${MARK_KEY}) mark_wanted "$settings" || echo 0 >"$path" ;;
net.ipv6.conf.*.accept_ra) case $stay in *" ${FORWARDING_KEYS[6]} "*) ;; *) echo 1 >"$path" ;; esac ;;
esac
done
keep_accept_ra "$settings"
fi`;
}
