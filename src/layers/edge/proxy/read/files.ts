import { sha256 } from '../../../../core/sha256.js';
import { filesFact, type ListedFile } from '../../../../facts/files.js';
import { APPS_FOLDER, PROXY_FOLDER, SECRETS_FOLDER } from '../paths.js';
import type { ProxyFile } from '../proxy.js';

export type SeenFile = ListedFile;

/** Files by path: all in the proxy's folder, and its units. */
export const proxyFiles = filesFact(
  [
    `${PROXY_FOLDER}/*`,
    `${PROXY_FOLDER}/*/*`,
    `${PROXY_FOLDER}/*/*/*`,
    // Traefik reads hidden ones, too.
    ...['yml', 'yaml', 'toml'].flatMap((end) => [`${APPS_FOLDER}/.*.${end}`, `${APPS_FOLDER}/*/.*.${end}`]),
    '/etc/systemd/system/bridgehead-traefik*.service',
    '/etc/systemd/system/bridgehead-caddy.service',
    '/etc/systemd/system/bridgehead-maintenance.service',
  ],
  SECRETS_FOLDER,
);

/** Whether a file is as wanted. */
export function isAsWanted(file: ProxyFile, mode: string, seen: SeenFile | undefined): boolean {
  return seen?.sha256 === sha256(file.content) && seen.mode === mode;
}
