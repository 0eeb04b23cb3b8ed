import { OVERWRITTEN } from '../../shared/managed.js';
import { CLOSE_WITHOUT } from './closed.js';
import loadForwarding from './loader/load-forwarding.sh';
import oneAtATime from './loader/one-at-a-time.sh';

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

/** The script that loads an interface's rules, or all of them. */
export function loaderScript(tablePrefix: string): string {
  return `#!/bin/sh
${OVERWRITTEN}
set -eu
folder=${FORWARDING_FOLDER}
table_prefix=${tablePrefix}
${oneAtATime}${CLOSE_WITHOUT}${loadForwarding}`;
}

/**
 * Before the network is up, so that nothing is forwarded unfiltered; after any unit that flushes all rules when it starts. A
 * stop keeps the rules: the tunnel may still be up.
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

/** Docker makes the chain when it starts, and keeps its rules. */
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

/** Adds what is missing at the top of DOCKER-USER, if there is one; `rules` as `iptables -S` prints them. */
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
${oneAtATime}one_at_a_time
${block('iptables', rules[4])}${block('ip6tables', rules[6])}`;
}
