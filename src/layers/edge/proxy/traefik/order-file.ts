import { APPS_FOLDER } from '../paths.js';
import type { AppFile, Order } from '../proxy.js';
import { hostRule, RANK } from './rules.js';
import { RESOLVER } from './static.js';
import { watchedFile } from './yaml.js';

const ATTEMPT = /^ {4}\S+-certificates-(\d+):$/m;

/**
 * A router that answers nothing: it has Traefik order one certificate for each name, so that a name that can't be proven
 * holds up no other. Traefik places an order again only if the router is another one than before.
 */
export function orderFile({ app, attempt }: Order): AppFile {
  const router = {
    rule: `(${hostRule(app.hosts)}) && Path(\`/.well-known/bridgehead/certificates\`)`,
    priority: RANK.order,
    entryPoints: ['https'],
    service: 'noop@internal',
    tls: { certResolver: RESOLVER, domains: app.hosts.map((host) => ({ main: host })) },
  };
  const version = `${app.name}-certificates-${attempt}`;
  return {
    path: `${APPS_FOLDER}/${app.name}.certificates.yml`,
    content: watchedFile({ http: { routers: { [version]: router } } }),
    version,
  };
}

/** The attempt that an order's file has; 0 if it is none. */
export const attemptOf = (content: string): number => Number(ATTEMPT.exec(content)?.[1] ?? 0);
