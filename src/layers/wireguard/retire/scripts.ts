import { command, quote } from '../../../remote/quote.js';
import { CLOSE_WITHOUT } from '../forwarding/closed.js';
import { ruleMark } from '../forwarding/firewalls.js';
import { DROP_IN_PATHS } from '../forwarding/followed.js';
import { forwardingTable } from '../forwarding/table.js';
import {
  DOCKER_UNIT_PATH,
  dockerUnitOf,
  FORWARDING_FOLDER,
  LOADER_PATH,
  UNIT_PATH,
  unitOf,
} from '../forwarding/unit.js';
import { keyPath } from '../tunnel/readings.js';
import { switchOffScript } from './switch-off.js';

export const tunnelUnitOf = (interfaceName: string): string => `wg-quick@${interfaceName}.service`;

/** Takes an interface down, whoever started it, and out of the next boot. */
export function takeDownScript(interfaceName: string): string {
  const unit = quote(tunnelUnitOf(interfaceName));
  const link = quote(interfaceName);
  return `if [ -d /sys/class/net/${link} ] && ! grep -qsx DEVTYPE=wireguard /sys/class/net/${link}/uevent && [ ! -S /run/wireguard/${link}.sock ] && ! wg show ${link} listen-port >/dev/null 2>&1; then
echo ${quote(`${interfaceName} is not a WireGuard interface any more: it is somebody else's, and is left alone`)} >&2
exit 1
fi
said=$(systemctl disable --quiet ${unit} 2>&1) || {
# The package with the template may be gone, and systemd then takes no link away.
if [ -n "$(systemctl list-unit-files --no-legend --no-pager ${unit} wg-quick@.service 2>/dev/null)" ]; then printf '%s\\n' "$said" >&2; false
else rm -f /etc/systemd/system/*.wants/${unit} /etc/systemd/system/*.requires/${unit} && systemctl daemon-reload; fi
} && {
systemctl stop ${unit} || systemctl reset-failed ${unit}
[ ! -d /sys/class/net/${link} ] || ip link del dev ${link}
[ ! -d /sys/class/net/${link} ]
}`;
}

/** Removes what the forwarding step made for an interface, the shared files with the last of them. */
export function forwardNothingScript(interfaceName: string): string {
  const mark = ruleMark(interfaceName);
  const table = forwardingTable(interfaceName);
  const [nft, docker] = [`${interfaceName}.nft`, `${interfaceName}.docker-user`];
  return `set -f
for unit in ${command(unitOf(interfaceName), dockerUnitOf(interfaceName))}; do
systemctl disable --quiet --now "$unit" 2>/dev/null || [ -z "$(systemctl show -p ActiveState "$unit" | grep '=active')" ] || exit 1
done
for tool in iptables ip6tables; do
command -v $tool >/dev/null 2>&1 || continue
$tool -w -S DOCKER-USER 2>/dev/null | grep -e ${quote(`--comment ${mark} `)} | while read -r _ rule; do $tool -w -D $rule || exit; done || exit
done
if command -v ufw >/dev/null 2>&1; then
ufw show added 2>/dev/null | sed -n ${quote(`s/^ufw route \\(.*\\) comment '${mark}'$/\\1/p`)} | while read -r rule; do ufw route delete $rule >/dev/null || exit; done || exit
fi
set +f
${switchOffScript(interfaceName)}
${CLOSE_WITHOUT}${command('close_without', interfaceName, '')}
if nft list table inet ${table} >/dev/null 2>&1; then nft delete table inet ${table} || exit 1; fi
${command('rm', '-f', `${FORWARDING_FOLDER}/${nft}`, `${FORWARDING_FOLDER}/${docker}`, `/run/bridgehead/${interfaceName}.loaded`)} || exit
set -- ${FORWARDING_FOLDER}/*.nft ${FORWARDING_FOLDER}/*.docker-user
if [ ! -e "$1" ] && [ ! -e "$2" ]; then
${command('rm', '-f', LOADER_PATH, UNIT_PATH, DOCKER_UNIT_PATH, ...DROP_IN_PATHS)}
rmdir ${FORWARDING_FOLDER} /run/bridgehead 2>/dev/null
systemctl daemon-reload
fi`;
}

/** Removes files and folders of an interface whose key `heir` has taken over: it stays with that one, and no other way. */
export function removeFilesScript(interfaceName: string, files: readonly string[], heir: string): string {
  const key = quote(keyPath(interfaceName));
  return `[ -e ${quote(keyPath(heir))} ] || ln ${key} ${quote(keyPath(heir))} || exit 1
${command('rm', '-rf', ...files)} && { rmdir /etc/wireguard/psk /etc/wireguard/.bridgehead 2>/dev/null; :; }`;
}
