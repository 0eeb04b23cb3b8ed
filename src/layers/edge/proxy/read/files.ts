import { createHash } from 'node:crypto';
import { filesFact, type ListedFile } from '../../../../facts/files.js';
import { PROXY_FOLDER, SECRETS_FOLDER } from '../paths.js';
import type { ProxyFile } from '../proxy.js';

export type SeenFile = ListedFile;

/** Files by path: all in the proxy's folder, and its units. */
export const proxyFiles = filesFact(
  [
    `${PROXY_FOLDER}/*`,
    `${PROXY_FOLDER}/*/*`,
    `${PROXY_FOLDER}/*/*/*`,
    '/etc/systemd/system/bridgehead-traefik*.service',
    '/etc/systemd/system/bridgehead-caddy.service',
    '/etc/systemd/system/bridgehead-maintenance.service',
  ],
  SECRETS_FOLDER,
);

/** Whether a file is as wanted. */
export function isAsWanted(file: ProxyFile, mode: string, seen: SeenFile | undefined): boolean {
  const sum = createHash('sha256').update(file.content).digest('hex');
  return seen?.sha256 === sum && seen.mode === mode;
}
