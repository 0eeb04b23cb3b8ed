import oneAtATime from '../../host/forwarding/loader/one-at-a-time.sh';
import { OVERWRITTEN } from '../../shared/managed.js';
import load from '../loader/load.sh';
import passes from '../loader/passes.sh';
import { PASS } from './passes.js';
import { LOADED_PATH, LOADER_PATH, MARK, RULES_PATH, TABLE } from './paths.js';

/** The script that loads the table, and adds our rules to chains of others. */
export const LOADER = `#!/bin/sh
${OVERWRITTEN}
set -eu
umask 077
rules=${RULES_PATH}
loaded=${LOADED_PATH}
table=${TABLE}
mark=${MARK}
pass='${PASS}'
${oneAtATime}${passes}${load}`;

/** Before the network is up, so that nothing is open meanwhile; after any unit that flushes all rules when it starts. */
export const UNIT_TEXT = `${OVERWRITTEN}
[Unit]
Description=Who may reach this machine (Bridgehead)
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target
After=local-fs.target nftables.service ufw.service netfilter-persistent.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${LOADER_PATH}
ExecReload=/bin/sh ${LOADER_PATH}

[Install]
WantedBy=multi-user.target
`;
