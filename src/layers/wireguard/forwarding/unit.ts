import { OVERWRITTEN } from '../../shared/managed.js';
import { CLOSE_WITHOUT } from './closed.js';

/** Folder of everything that Bridgehead's own units read. */
export const FORWARDING_FOLDER = '/etc/bridgehead';

export const rulesetPath = (interfaceName: string): string => `${FORWARDING_FOLDER}/${interfaceName}.nft`;
export const dockerScriptPath = (interfaceName: string): string =>
  `${FORWARDING_FOLDER}/${interfaceName}.docker-user`;
export const forwardingSysctlPath = (interfaceName: string): string =>
  `/etc/sysctl.d/99-bridgehead-forwarding-${interfaceName}.conf`;
/** What nft showed right after loading, below the checksum of the file that was loaded; gone with a reboot. */
export const loadedPath = (interfaceName: string): string => `/run/bridgehead/${interfaceName}.loaded`;

export const UNIT_PATH = '/etc/systemd/system/bridgehead-forwarding@.service';
export const DOCKER_UNIT_PATH = '/etc/systemd/system/bridgehead-docker-user@.service';
export const unitOf = (interfaceName: string): string => `bridgehead-forwarding@${interfaceName}.service`;
export const dockerUnitOf = (interfaceName: string): string =>
  `bridgehead-docker-user@${interfaceName}.service`;

export const LOADER_PATH = `${FORWARDING_FOLDER}/load-forwarding`;

/**
 * sh that waits until no other of our scripts is at work: units that may have wiped the rules, our own units and Docker's
 * start side by side at boot, and each would add what the other is about to add.
 */
const ONE_AT_A_TIME = `mkdir -p /run/bridgehead
exec 9>>/run/bridgehead/loading
! command -v flock >/dev/null 2>&1 || flock -w 20 9
`;

/**
 * Loads one interface's table and notes how nft shows it, in this version's words, so that a rule which was taken out
 * since can be seen without knowing every version's spelling. Sets forwarding itself: /etc/sysctl.conf and UFW's own
 * settings are read later than ours. Without an interface it loads all, and Docker's rules: that is how units call it that
 * may have wiped them.
 */
export function loaderScript(tablePrefix: string): string {
  return `#!/bin/sh
${OVERWRITTEN}
set -eu
umask 077
if [ $# = 0 ]; then
failed=0
for file in ${FORWARDING_FOLDER}/*.nft; do
[ ! -f "$file" ] || { name=\${file##*/}; /bin/sh "$0" "\${name%.nft}" || failed=1; }
done
for file in ${FORWARDING_FOLDER}/*.docker-user; do
[ ! -f "$file" ] || /bin/sh "$file" || failed=1
done
exit $failed
fi
${ONE_AT_A_TIME}${CLOSE_WITHOUT}file=${FORWARDING_FOLDER}/$1.nft
table=${tablePrefix}$(printf %s "$1" | tr -c 'A-Za-z0-9' _)
nft -f "$file"
{ sha256sum <"$file"; nft list table inet "$table"; } >/run/bridgehead/"$1".new
mv -f /run/bridgehead/"$1".new /run/bridgehead/"$1".loaded
while read -r key _ value; do
case $key in net.*) ;; *) continue ;; esac
path=/proc/sys/$(printf %s "$key" | tr ./ /.)
if [ -e "$path" ]; then echo "$value" >"$path"; fi
done </etc/sysctl.d/99-bridgehead-forwarding-"$1".conf
close_without "$1" "$file"
`;
}

/**
 * Before the network is up, so that nothing is passed on unjudged; after whatever flushes all rules when it starts. A stop
 * leaves the rules: the tunnel may still be up.
 */
export const FORWARDING_UNIT = `${OVERWRITTEN}
[Unit]
Description=What %i passes on (Bridgehead)
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target
After=local-fs.target systemd-sysctl.service nftables.service ufw.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${LOADER_PATH} %i
ExecReload=/bin/sh ${LOADER_PATH} %i

[Install]
WantedBy=multi-user.target
`;

/** Docker makes the chain when it starts, and keeps what stands in it. */
export const DOCKER_UNIT = `${OVERWRITTEN}
[Unit]
Description=What Docker lets %i pass on (Bridgehead)
After=docker.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${FORWARDING_FOLDER}/%i.docker-user
ExecReload=/bin/sh ${FORWARDING_FOLDER}/%i.docker-user

[Install]
WantedBy=multi-user.target docker.service
`;

/** Adds what is missing at the top of DOCKER-USER, where there is one; `rules` as `iptables -S` says them. */
export function dockerScript(rules: Readonly<Record<4 | 6, readonly string[]>>): string {
  const add = (tool: string, rule: string): string =>
    `${tool} -w -C DOCKER-USER ${rule} -j ACCEPT 2>/dev/null || ${tool} -w -I DOCKER-USER ${rule} -j ACCEPT`;
  const block = (tool: string, list: readonly string[]): string =>
    list.length === 0
      ? ''
      : `if ${tool} -w -S DOCKER-USER >/dev/null 2>&1; then\n${list.map((rule) => add(tool, rule)).join('\n')}\nfi\n`;
  return `#!/bin/sh
${OVERWRITTEN}
set -eu
${ONE_AT_A_TIME}${block('iptables', rules[4])}${block('ip6tables', rules[6])}`;
}
