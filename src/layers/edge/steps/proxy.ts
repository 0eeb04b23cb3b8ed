import { mustSucceed } from '../../shared/failures.js';
import type { Change, Facts, StepContext, StepKind } from '../../step.js';
import { needsEnvironment } from '../proxy/environment.js';
import { localProblems } from '../proxy/local-problems.js';
import { maintenance } from '../proxy/maintenance/maintenance.js';
import { ENVIRONMENT_PATH, OWNER_PATH, PROXY_USER, SALT_PATH } from '../proxy/paths.js';
import { planApps } from '../proxy/plan/apps.js';
import { planFile } from '../proxy/plan/files.js';
import { planFilesAway, planRetirement, planUnitsAway } from '../proxy/plan/leftovers.js';
import { planService } from '../proxy/plan/services.js';
import { explainProxy, refuseProxy } from '../proxy/plan/trouble.js';
import { planVisitors, saltFile, visitorsOf } from '../proxy/plan/visitors.js';
import type { ProxyFile } from '../proxy/proxy.js';
import { type SeenProxy, seenProxy } from '../proxy/read/seen.js';
import { isEdge, referencesOf, setupOf } from '../proxy/setup.js';

type Context = StepContext<object>;

const USER: Change = {
  summary: `make the user ${PROXY_USER}`,
  disruption: { level: 'none' },
  script: `useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ${PROXY_USER}`,
};

const byPath = (files: readonly ProxyFile[]): readonly ProxyFile[] => [
  ...new Map(files.map((file) => [file.path, file])).values(),
];

function plan(context: Context, seen: SeenProxy, facts: Facts): Change[] {
  if (!isEdge(context)) return planRetirement(context, seen);
  const edge = setupOf(context);
  const { proxy, setup, apps, passwords } = edge;
  const place = { kind: proxy.kind, salt: seen.salt };
  const visitors = [...passwords].map(([app, secret]) => visitorsOf(app, secret, place));
  const isAsking = apps.some(({ options }) => options.auth !== undefined);
  const services = proxy.services(setup, apps);
  const owner = { path: OWNER_PATH, content: `${context.inventory.name}\n`, purpose: 'whose edge this is' };
  const startFiles = byPath([
    owner,
    ...services.flatMap(({ files }) => files),
    ...(visitors.length > 0 ? [saltFile(place)] : []),
  ]);
  const early = startFiles.flatMap((file) => planFile(file, seen.files.get(file.path)));
  const { changes, files, versions } = planApps(context, edge, { seen, visitors }, facts);
  const written = new Set(early.flatMap(({ touches }) => touches?.files ?? []));
  const orders = apps
    .filter(({ kind }) => kind === 'http')
    .map((app) => proxy.orderFile({ app, attempt: 1 }, setup));
  const wanted = {
    units: new Set(services.map(({ unit }) => unit)),
    files: new Set([
      ...startFiles.map(({ path }) => path),
      ...files,
      ...orders.map(({ path }) => path),
      // Their content isn't known as long as a secret isn't read.
      ...(needsEnvironment(setup.edge) ? [ENVIRONMENT_PATH] : []),
      ...(isAsking ? [SALT_PATH] : []),
    ]),
  };
  const ready = (unit: string): string => (unit === proxy.unit ? proxy.reload(versions) : ':');
  return [
    ...(seen.hasUser ? [] : [USER]),
    ...early,
    ...visitors.flatMap((one) => planVisitors(one, proxy.visitorSeparator, seen.files.get(one.path))),
    // Ports have to be free before others start on them; the page is needed until the apps have changed.
    ...planUnitsAway(seen, wanted, (unit) => unit !== maintenance.unit),
    ...changes,
    ...services.flatMap((service) => planService(service, seen, written, ready(service.unit))),
    ...planUnitsAway(seen, wanted, (unit) => unit === maintenance.unit),
    ...planFilesAway(seen, wanted, proxy),
  ];
}

/** The reverse proxy of an edge: the units of its program, and one file for each app. On other nodes, what is left of one is removed. */
export const proxyStep: StepKind<object, SeenProxy> = {
  kind: 'proxy',
  schema: { type: 'object', additionalProperties: false, properties: {} },
  check: localProblems,
  // systemd gives a unit 90 s to stop and 90 s to start.
  timeoutSeconds: () => 240,
  probe: (context) => {
    if (!isEdge(context)) return mustSucceed(seenProxy(undefined, []), 'what is left of a proxy');
    const { proxy, setup, apps } = setupOf(context);
    return mustSucceed(seenProxy(proxy, proxy.services(setup, apps)), 'the proxy');
  },
  refuse: (context, seen) => (isEdge(context) ? refuseProxy(context, seen) : []),
  wantedReferences: referencesOf,
  plan,
  explain: explainProxy,
};
