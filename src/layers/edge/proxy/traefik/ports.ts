import { hostPort } from '../../../../model/address.js';
import type { App } from '../../inventory/types.js';
import { PORTS_FOLDER, unitPath } from '../paths.js';
import type { AppFile, ProxyFile, Route, Service } from '../proxy.js';
import { tcpApp } from './app-file.js';
import { QUIET } from './static.js';
import { traefikService } from './units.js';
import { startFile, watchedFile } from './yaml.js';

/** An app with a port of its own has a Traefik of its own: a port is only opened at the start, and that would cut the others. */
const PORT_UNIT = 'bridgehead-traefik@.service';
export const portUnitOf = (app: string): string => `bridgehead-traefik@${app}.service`;
export const portFolder = (app: string): string => `${PORTS_FOLDER}/${app}`;
export const portAppPath = ({ name }: App): string => `${portFolder(name)}/app.yml`;

const portUnit: ProxyFile = {
  path: unitPath(PORT_UNIT),
  content: traefikService('Port of %i (Bridgehead)', `${portFolder('%i')}/traefik.yml`, ''),
};

function portStartFile(app: App): ProxyFile {
  const entry =
    app.kind === 'udp'
      ? { address: `:${app.listen}/udp`, udp: { timeout: '60s' } }
      : { address: `:${app.listen}/tcp` };
  const config = {
    ...QUIET,
    entryPoints: { app: entry },
    providers: { file: { filename: portAppPath(app), watch: true } },
  };
  return { path: `${portFolder(app.name)}/traefik.yml`, content: startFile(config) };
}

function udpApp({ app, upstream }: Route): object {
  return {
    udp: {
      routers: { [app.name]: { entryPoints: ['app'], service: app.name } },
      services: {
        [app.name]: { loadBalancer: { servers: [{ address: hostPort(upstream.address, upstream.port) }] } },
      },
    },
  };
}

export function portAppFile(route: Route): AppFile {
  const { app } = route;
  if (app.kind === 'udp') return { path: portAppPath(app), content: watchedFile(udpApp(route)) };
  const { router, rest } = tcpApp(route, { entryPoint: 'app' });
  return {
    path: portAppPath(app),
    content: watchedFile({ tcp: { routers: { [app.name]: { rule: 'HostSNI(`*`)', ...router } }, ...rest } }),
  };
}

export const hasOwnPort = ({ kind }: App): boolean => kind === 'tcp' || kind === 'udp';

export function portService(app: App): Service {
  const { name, kind, listen = 0 } = app;
  return {
    unit: portUnitOf(name),
    files: [portStartFile(app), portUnit],
    cuts: `visitors of ${name}`,
    ports: [{ protocol: kind === 'udp' ? 'udp' : 'tcp', port: listen }],
  };
}
