import { OVERWRITTEN } from '../../shared/managed.js';
import { DEFAULT_LOGIN_SERVER } from '../inventory/schema.js';
import type { Tailnet } from '../inventory/types.js';
import { AUTHORITY_PATH, DAEMON_PATH, ENVIRONMENT_PATH, STATE_FILE } from './paths.js';

/** As the publisher's package has it. */
export const UNIT = `${OVERWRITTEN}
[Unit]
Description=Tailscale node agent (Bridgehead)
Documentation=https://tailscale.com/docs/
Wants=network-pre.target
After=network-pre.target NetworkManager.service systemd-resolved.service

[Service]
EnvironmentFile=${ENVIRONMENT_PATH}
ExecStart=${DAEMON_PATH} --state=${STATE_FILE} --socket=/run/tailscale/tailscaled.sock --port=\${PORT}
ExecStopPost=${DAEMON_PATH} --cleanup
Restart=on-failure
RuntimeDirectory=tailscale
RuntimeDirectoryMode=0755
StateDirectory=tailscale
StateDirectoryMode=0700
CacheDirectory=tailscale
CacheDirectoryMode=0750
Type=notify

[Install]
WantedBy=multi-user.target
`;

/** A later file's settings replace those of the package's own. */
export const DROP_IN = `${OVERWRITTEN}
[Service]
EnvironmentFile=${ENVIRONMENT_PATH}
`;

/** Logs go to Tailscale's own servers unless that is switched off, whoever runs the login server. */
export function environmentText({ port, ca, loginServer }: Tailnet): string {
  return [
    OVERWRITTEN,
    `PORT=${port}`,
    ...(loginServer === DEFAULT_LOGIN_SERVER ? [] : ['TS_NO_LOGS_NO_SUPPORT=true']),
    ...(ca === undefined ? [] : [`SSL_CERT_FILE=${AUTHORITY_PATH}`]),
    '',
  ].join('\n');
}
