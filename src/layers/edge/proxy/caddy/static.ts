import { OVERWRITTEN } from '../../../shared/managed.js';
import { APPS_FOLDER, PROXY_FOLDER } from '../paths.js';
import type { ProxyFile, Setup } from '../proxy.js';

export const CADDYFILE_PATH = `${PROXY_FOLDER}/Caddyfile`;
export const CADDY_STATE = '/var/lib/bridgehead-caddy';
export const CADDY_RUN = '/run/bridgehead-caddy';
/** Seconds that a request may take to arrive. */
const DAY = 86_400;

/** Until its own file says otherwise, an app has a certificate of Caddy's own, and no authority is asked. */
export function caddyfile({ edge, longestUpload }: Setup): ProxyFile {
  const trusted = edge.trusted.length > 0 ? `\t\ttrusted_proxies static ${edge.trusted.join(' ')}\n` : '';
  const content = `${OVERWRITTEN}
{
	admin unix/${CADDY_RUN}/admin.sock
	persist_config off
	storage file_system ${CADDY_STATE}
	local_certs
	skip_install_trust
	servers {
		protocols h1 h2
${trusted}		timeouts {
			read_header 30s
			read_body ${Math.max(DAY, longestUpload)}s
			idle 3m
		}
	}
}

import ${APPS_FOLDER}/*.caddy
`;
  return { path: CADDYFILE_PATH, content };
}
