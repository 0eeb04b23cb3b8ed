import { quote } from '../../../../remote/quote.js';
import type { Change, Facts, StepContext } from '../../../step.js';
import type { App } from '../../inventory/types.js';
import type { ReverseProxy, Route, Setup } from '../proxy.js';
import type { SeenProxy } from '../read/seen.js';
import { type EdgeSetup, routeOf } from '../setup.js';
import { planFile } from './files.js';
import { isVisitorsOf, type Visitors } from './visitors.js';

export interface AppsPlan {
  readonly changes: readonly Change[];
  /** Paths that the apps need. */
  readonly files: readonly string[];
  /** What the proxy is to serve then. */
  readonly versions: readonly string[];
}

/** sh that has the proxy take up its files, if it runs. */
export const reloadIfRunning = (proxy: ReverseProxy, versions: readonly string[]): string =>
  `if systemctl is-active --quiet ${quote(proxy.unit)}; then\n${proxy.reload(versions)}\nfi`;

/** Files of visitors by app: those that are wanted, or as long as the password isn't known, those that are there. */
function visitorFiles(
  { apps, proxy: { kind } }: EdgeSetup,
  { files, salt }: SeenProxy,
  visitors: readonly Visitors[],
): ReadonlyMap<string, string> {
  const found = apps.flatMap(({ name }): [string, string][] =>
    [...files.keys()].filter((path) => isVisitorsOf(name, { kind, salt }, path)).map((path) => [name, path]),
  );
  return new Map([...found, ...visitors.map(({ app, path }): [string, string] => [app, path])]);
}

function planApp(
  route: Route,
  { proxy, setup }: { proxy: ReverseProxy; setup: Setup },
  seen: SeenProxy,
): Change[] {
  const { app } = route;
  const file = proxy.appFile(route, setup);
  const versions = file.version === undefined ? [] : [file.version];
  const after = reloadIfRunning(proxy, versions);
  const old = seen.files.get(file.path);
  const summary = `${old === undefined ? 'add' : 'change'} app ${app.name}: ${app.listen === undefined ? app.hosts.join(', ') : `${app.listen}/${app.kind}`} -> ${app.to.node}`;
  const changes = planFile(file, old, { summary, after });
  const isServed = versions.every((version) => seen.served?.has(version) !== false);
  if (changes.length > 0 || isServed) return changes;
  return planFile(file, undefined, {
    summary: `load app ${app.name}: ${proxy.kind} does not serve it`,
    after,
  }).map(({ creates, diff, ...change }) => change);
}

export function planApps(
  context: StepContext<unknown>,
  edge: EdgeSetup,
  { seen, visitors }: { readonly seen: SeenProxy; readonly visitors: readonly Visitors[] },
  facts: Facts,
): AppsPlan {
  const { proxy, setup, apps } = edge;
  const letIn = visitorFiles(edge, seen, visitors);
  const waits = (app: App, why: string): Change => ({
    summary: `add app ${app.name}: ${why}`,
    disruption: { level: 'none' },
    script: `echo ${quote(why)} >&2; exit 1`,
  });
  const routes = apps.map((app) => [app, routeOf(context, facts, app, letIn)] as const);
  const known = routes.flatMap(([, route]) => (typeof route === 'string' ? [] : [route]));
  const files = known.map((route) => proxy.appFile(route, setup));
  return {
    changes: routes.flatMap(([app, route]) =>
      typeof route === 'string' ? [waits(app, route)] : planApp(route, edge, seen),
    ),
    files: [...files.map(({ path }) => path), ...known.flatMap(({ visitors: own }) => own ?? [])],
    versions: files.flatMap(({ version }) => version ?? []),
  };
}
