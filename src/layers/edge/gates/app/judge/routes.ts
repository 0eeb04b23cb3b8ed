import { quote } from '../../../../../remote/quote.js';
import { printable } from '../../../../../remote/reply-lines.js';
import { isWildcard } from '../../../inventory/host-name.js';
import type { App } from '../../../inventory/types.js';
import { APPS_FOLDER } from '../../../proxy/paths.js';
import { ruleFit } from '../../../proxy/traefik/rule-fit.js';
import { RANK } from '../../../proxy/traefik/rules.js';
import type { Broken } from '../hops.js';
import type { SeenRouter } from '../node/routers.js';
import type { Visit } from '../visited.js';
import type { FrontContext } from './front.js';

/** Routers that have the names of an app's own: another for each version of its file. */
const ownOf = (app: App, routers: readonly SeenRouter[]): readonly SeenRouter[] =>
  routers.filter(({ name }) => {
    const rest = name.startsWith(`${app.name}-`) ? name.slice(app.name.length + 1) : '';
    return /^[0-9a-f]{8}(-wildcards)?$/.test(rest);
  });

/** Whether Traefik gives a visitor's request to the route of the app, and to no other. */
export function judgeRoutes({ app, edge, seen }: FrontContext, visit: Visit): Broken | undefined {
  const { routers } = seen ?? {};
  if (routers === undefined || visit.host === undefined || (app.kind !== 'http' && app.kind !== 'tls')) {
    return undefined;
  }
  const host = visit.host.toLowerCase();
  const broken = (evidence: string, fix: string): Broken => ({ hop: 'router', side: 'edge', evidence, fix });
  const own = ownOf(app, routers);
  const apply = `run \`bridgehead apply\`, which writes the route of ${app.name} on ${edge}`;
  if (own.length === 0) return broken(`Traefik on ${edge} has no route of ${app.name}`, apply);
  const versions = new Set(own.map(({ name }) => name.replace(/-wildcards$/, '')));
  if (versions.size > 1) {
    return broken(
      `Traefik on ${edge} has ${versions.size} routes of ${app.name}, ${[...versions].join(' and ')}: which one gets a request isn't known`,
      `${apply} and removes other files from ${APPS_FOLDER}`,
    );
  }
  const isNamed = app.hosts.some((name) => !isWildcard(name) && name.toLowerCase() === host);
  const rank = isNamed ? RANK.name : RANK.wildcard;
  const path = app.kind === 'http' ? app.expect.path.replace(/[?#].*$/, '') : '/';
  const others = routers.filter((router) => {
    if (own.includes(router)) return false;
    // Of TLS, routes for a name come before all of HTTP.
    if (router.kind === 'tcp' && app.kind === 'http') return !/HostSNI\(`\*`\)/.test(router.rule);
    return router.priority >= rank && (router.kind === 'tcp') === (app.kind === 'tls');
  });
  const other = others.find(({ rule }) => ruleFit(rule, { host, path }) > 0);
  if (other === undefined) return undefined;
  const { name, priority, rule } = other;
  const takes = ruleFit(rule, { host, path }) === 1 && priority !== rank ? 'takes' : 'may take';
  return broken(
    `a route of Traefik on ${edge} that isn't of the inventory ${takes} ${host} from ${app.name}: ${printable(name)}, priority ${priority}, ${printable(rule)}`,
    `remove the file with it from ${APPS_FOLDER} on ${edge}, which \`grep -rlF ${quote(printable(name))} ${APPS_FOLDER}\` finds; if it serves an app of yours, add that to the inventory`,
  );
}
