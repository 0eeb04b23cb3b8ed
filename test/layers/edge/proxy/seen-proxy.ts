import { createHash } from 'node:crypto';
import { Secret } from '../../../../src/core/secret.js';
import type { SeenUnit } from '../../../../src/facts/unit.js';
import { saltFile, visitorsOf } from '../../../../src/layers/edge/proxy/plan/visitors.js';
import type { ProxyFile } from '../../../../src/layers/edge/proxy/proxy.js';
import type { SeenFile } from '../../../../src/layers/edge/proxy/read/files.js';
import type { SeenProxy } from '../../../../src/layers/edge/proxy/read/seen.js';
import { routeOf, setupOf } from '../../../../src/layers/edge/proxy/setup.js';
import { proxyStep } from '../../../../src/layers/edge/steps/proxy.js';
import type { StepContext } from '../../../../src/layers/step.js';
import type { Inventory } from '../../../../src/model/inventory.js';
import { NO_FACTS, stepContext } from '../../../support/step-context.js';

export const NOTHING: SeenProxy = {
  hasUser: false,
  files: new Map(),
  units: new Map(),
  outdated: new Set(),
  present: [],
  holders: [],
  served: undefined,
  salt: new Secret('a salt'),
};

export function contextOn(
  inventory: Inventory,
  name: string,
  changes: Partial<StepContext<object>> = {},
): StepContext<object> {
  const node = inventory.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return stepContext({}, { inventory, node, networks: inventory.networks, ...changes });
}

const STARTED = 2000;
export const RUNNING: SeenUnit = {
  loadState: 'loaded',
  activeState: 'active',
  active: true,
  fileState: 'enabled',
  startedAt: STARTED,
  modified: new Map(),
};

export const fileAt = (content: string, mode = '644 root:root'): SeenFile => ({
  mode,
  modified: STARTED - 1000,
  sha256: createHash('sha256').update(content).digest('hex'),
  content,
});

/** An edge just as it is wanted. */
export function asWanted(context: StepContext<object>): SeenProxy {
  const { proxy, setup, apps, passwords } = setupOf(context);
  const place = { kind: proxy.kind, salt: NOTHING.salt };
  const visitors = [...passwords].map(([app, secret]) => visitorsOf(app, secret, place));
  const services = proxy.services(setup, apps);
  const paths = new Map(visitors.map(({ app, path }) => [app, path]));
  const routes = apps
    .map((app) => routeOf(context, NO_FACTS, app, paths))
    .filter((route) => typeof route !== 'string');
  const appFiles = routes.map((route) => proxy.appFile(route, setup));
  const owner = { path: '/etc/bridgehead/proxy/inventory', content: `${context.inventory.name}\n` };
  const files: ProxyFile[] = [
    owner,
    ...services.flatMap((service) => service.files),
    ...appFiles,
    ...(visitors.length > 0 ? [saltFile(place)] : []),
  ];
  const modeOf = ({ secret }: ProxyFile) => (secret ? '600 root:root' : '644 root:root');
  return {
    ...NOTHING,
    hasUser: true,
    files: new Map([
      ...files.map((file): [string, SeenFile] => [file.path, fileAt(file.content, modeOf(file))]),
      ...visitors.map(({ path }): [string, SeenFile] => [path, fileAt('', '640 root:bridgehead-proxy')]),
    ]),
    units: new Map(services.map(({ unit }) => [unit, RUNNING])),
    present: services.map(({ unit }) => unit),
    served: new Set(appFiles.flatMap(({ version }) => version ?? [])),
  };
}

export const planned = (context: StepContext<object>, seen: SeenProxy) =>
  proxyStep.plan(context, seen, NO_FACTS);
export const summaries = (context: StepContext<object>, seen: SeenProxy): string[] =>
  planned(context, seen).map(({ summary }) => summary);
