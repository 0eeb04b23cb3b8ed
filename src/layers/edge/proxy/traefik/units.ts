import { OVERWRITTEN } from '../../../shared/managed.js';
import type { Edge } from '../../inventory/types.js';
import { needsEnvironment } from '../environment.js';
import { HARDENED } from '../hardening.js';
import { APPS_FOLDER, ENVIRONMENT_PATH, PROXY_FOLDER, unitPath } from '../paths.js';
import type { ProxyFile } from '../proxy.js';
import forget from './forget.pl';
import { STATE_FOLDER, STATIC_PATH, storagePath } from './static.js';

export const TRAEFIK = '/usr/local/bin/traefik';
export const TRAEFIK_UNIT = 'bridgehead-traefik.service';

/** A unit that runs Traefik with a configuration of its own. */
export const traefikService = (description: string, config: string, own: string): string => `${OVERWRITTEN}
[Unit]
Description=${description}
After=network.target
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStart=${TRAEFIK} --configFile=${config}
Restart=always
RestartSec=2
${own}${HARDENED}
[Install]
WantedBy=multi-user.target
`;

export const forgetFile: ProxyFile = {
  path: `${PROXY_FOLDER}/forget.pl`,
  content: forget,
  purpose: 'forgets the certificates of apps that are gone, at each start',
};

/** Traefik orders nothing if others could read its storage, so that is mended at each start. */
const STORAGE = `StateDirectory=${STATE_FOLDER.replace('/var/lib/', '')}
StateDirectoryMode=0700
ExecStartPre=-/bin/sh -c 'chmod -f 0600 ${STATE_FOLDER}/*.json'
`;

export function traefikUnit(edge: Edge): ProxyFile {
  const { acme } = edge;
  const environment = needsEnvironment(edge) ? `EnvironmentFile=-${ENVIRONMENT_PATH}\n` : '';
  const forgetting =
    acme === undefined
      ? ''
      : `ExecStartPre=-/usr/bin/perl ${forgetFile.path} ${storagePath(acme)} ${APPS_FOLDER}\n`;
  const own = `${environment}${STORAGE}${forgetting}`;
  return {
    path: unitPath(TRAEFIK_UNIT),
    content: traefikService('Reverse proxy (Bridgehead)', STATIC_PATH, own),
  };
}
