import { command, quote } from '../../../../remote/quote.js';
import type { App } from '../../inventory/types.js';
import { printKeyFiles } from '../key-files.js';
import { maintenance } from '../maintenance/maintenance.js';
import { AUTHORITY_PATH, ENVIRONMENT_PATH, STATUS_PORT } from '../paths.js';
import type { ProxyFile, ReverseProxy, Service, Setup } from '../proxy.js';
import { appFile, appPath } from './app-file.js';
import certificates from './certificates.pl';
import certifiedNames from './names.pl';
import { attemptOf, orderFile } from './order-file.js';
import { hasOwnPort, portAppFile, portAppPath, portService } from './ports.js';
import { servedRouters, waitForRouters } from './served.js';
import { STATE_FOLDER, staticFile, storagePath } from './static.js';
import { forgetFile, TRAEFIK, TRAEFIK_UNIT, traefikUnit } from './units.js';

function extraFiles({ authority, environment }: Setup): ProxyFile[] {
  return [
    ...(authority === undefined
      ? []
      : [{ path: AUTHORITY_PATH, content: authority, purpose: 'the certificate of the private authority' }]),
    ...(environment === undefined
      ? []
      : [{ path: ENVIRONMENT_PATH, content: environment, secret: true as const }]),
  ];
}

function services(setup: Setup, apps: readonly App[]): readonly Service[] {
  const main: Service = {
    unit: TRAEFIK_UNIT,
    files: [...extraFiles(setup), staticFile(setup), forgetFile, traefikUnit(setup.edge)],
    cuts: 'all visitors',
    ports: [80, 443, STATUS_PORT].map((port) => ({ protocol: 'tcp', port })),
  };
  return [
    main,
    ...(apps.some(({ options }) => options.maintenance) ? [maintenance] : []),
    ...apps.filter(hasOwnPort).map(portService),
  ];
}

/** Reads a watched folder, and shows what it serves on a port of the loopback address. */
export const traefik: ReverseProxy = {
  kind: 'traefik',
  program: TRAEFIK,
  unit: TRAEFIK_UNIT,
  state: STATE_FOLDER,
  problems: () => [],
  services,
  appPath: (app) => (hasOwnPort(app) ? portAppPath(app) : appPath(app)),
  appFile: (route, setup) => (hasOwnPort(route.app) ? portAppFile(route) : appFile(route, setup)),
  orderFile,
  // Its authority is in what it reads when it starts.
  ordersAtStart: () => false,
  attemptOf,
  served: servedRouters,
  visitorSeparator: ':',
  reload: waitForRouters,
  printCertificates: (acme) => command('perl', '-e', certificates, storagePath(acme)),
  printNames: (acme) => command('perl', '-e', certifiedNames, storagePath(acme)),
  printKeyFiles: printKeyFiles(STATE_FOLDER, '*.json'),
  printFailure: `journalctl -u ${quote(TRAEFIK_UNIT)} --since="@$began" -q -o cat --no-pager | grep 'nable to obtain ACME certificate' | grep -F -e "[$name]" -e '["'"$name"'"]' | tail -n 1`,
};
