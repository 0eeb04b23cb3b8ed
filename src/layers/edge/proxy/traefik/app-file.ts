import { hostPort } from '../../../../model/address.js';
import type { App } from '../../inventory/types.js';
import { APPS_FOLDER, MAINTENANCE_PORT } from '../paths.js';
import type { AppFile, Route, Setup } from '../proxy.js';
import { letIn } from '../sources.js';
import { versionOf } from '../versioned.js';
import { middlewaresOf } from './middlewares.js';
import { hostRule, matchesOf, sniRule } from './rules.js';
import { watchedFile } from './yaml.js';

export const appPath = ({ name }: App): string => `${APPS_FOLDER}/${name}.yml`;

/** `http` or `tcp` of a file, with its routers still without names, and without what they match. */
interface Config {
  readonly router: object;
  readonly rest: Readonly<Record<string, object>>;
}

function httpApp(route: Route, setup: Setup): Config {
  const { app, upstream } = route;
  const own = Object.entries(middlewaresOf(route, setup));
  const names = own.map(([kind]) => `${app.name}-${kind}`);
  const url = app.options.maintenance
    ? `http://127.0.0.1:${MAINTENANCE_PORT}`
    : `http://${hostPort(upstream.address, upstream.port)}`;
  const router = {
    entryPoints: ['https'],
    service: app.name,
    ...(names.length > 0 ? { middlewares: names } : {}),
    tls: {},
  };
  const middlewares = Object.fromEntries(
    own.map(([kind, config]) => [`${app.name}-${kind}`, { [kind]: config }]),
  );
  return {
    router,
    rest: {
      ...(names.length > 0 ? { middlewares } : {}),
      services: { [app.name]: { loadBalancer: { servers: [{ url }] } } },
    },
  };
}

interface Passage {
  readonly entryPoint: string;
  readonly tls?: object;
}

/** What is passed on unread. */
export function tcpApp({ app, upstream }: Route, { entryPoint, tls }: Passage): Config {
  const { allow, deny, proxyProtocol } = app.options;
  const sources = letIn(allow, deny);
  const router = {
    entryPoints: [entryPoint],
    service: app.name,
    ...(sources ? { middlewares: [`${app.name}-ipAllowList`] } : {}),
    ...(tls ? { tls } : {}),
  };
  const balancer = {
    servers: [{ address: hostPort(upstream.address, upstream.port) }],
    ...(proxyProtocol ? { serversTransport: app.name } : {}),
  };
  return {
    router,
    rest: {
      ...(sources
        ? { middlewares: { [`${app.name}-ipAllowList`]: { ipAllowList: { sourceRange: sources } } } }
        : {}),
      services: { [app.name]: { loadBalancer: balancer } },
      ...(proxyProtocol ? { serversTransports: { [app.name]: { proxyProtocol: { version: 2 } } } } : {}),
    },
  };
}

/** The file of an app at port 443. The version is its first router's name; Traefik takes up the routers of a file together. */
export function appFile(route: Route, setup: Setup): AppFile {
  const { app } = route;
  const isTls = app.kind === 'tls';
  const passage = { entryPoint: 'https', tls: { passthrough: true } };
  const { router, rest } = isTls ? tcpApp(route, passage) : httpApp(route, setup);
  const all = matchesOf(app.hosts, isTls ? sniRule : hostRule).map((match) => ({ ...match, ...router }));
  const version = versionOf(app.name, { routers: all, rest });
  const routers = Object.fromEntries(
    all.map((one, index) => [index === 0 ? version : `${version}-wildcards`, one]),
  );
  const config = { [isTls ? 'tcp' : 'http']: { routers, ...rest } };
  return { path: appPath(app), content: watchedFile(config), version };
}
