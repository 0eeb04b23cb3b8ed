import { readFileSync } from 'node:fs';
import type { Secret } from '../../../core/secret.js';
import type { SecretRef } from '../../../core/secrets/reference.js';
import { homeOf } from '../../../core/user.js';
import type { Facts, StepContext } from '../../step.js';
import type { Acme, App, Edge } from '../inventory/types.js';
import { appsThrough, edgeOf } from '../registry.js';
import { upstreamsOf } from '../upstream.js';
import { environmentOf } from './environment.js';
import { proxyOf } from './proxies.js';
import type { ReverseProxy, Route, Setup } from './proxy.js';

/** All that an edge's proxy is to be. */
export interface EdgeSetup {
  readonly proxy: ReverseProxy;
  readonly setup: Setup;
  readonly apps: readonly App[];
  /** `NAME:PASSWORD` by app, as far as they are read. */
  readonly passwords: ReadonlyMap<string, Secret>;
}

type Context = Pick<StepContext<unknown>, 'inventory' | 'node' | 'secrets'>;

export const isEdge = ({ inventory, node }: Pick<Context, 'inventory' | 'node'>): boolean =>
  edgeOf(inventory, node.name) !== undefined;

export function edgeOn({ inventory, node }: Pick<Context, 'inventory' | 'node'>): Edge {
  const edge = edgeOf(inventory, node.name);
  if (edge === undefined) throw new Error(`${node.name} is not an edge`);
  return edge;
}

/** The secrets of the inventory that an edge's proxy needs. */
export function referencesOf({ inventory, node }: Pick<Context, 'inventory' | 'node'>): readonly SecretRef[] {
  const acme = edgeOf(inventory, node.name)?.acme;
  return [
    ...Object.values(acme?.dns?.env ?? {}),
    ...appsThrough(inventory, node.name).flatMap(({ options }) => options.auth ?? []),
  ];
}

export const authorityFile = ({ ca }: Acme): string | undefined =>
  ca?.replace(/^~(?=\/|$)/, () => homeOf(process.env));

/** What an edge's proxy is to be, from the inventory and the files that it names on this machine. */
export function setupOf(context: Context): EdgeSetup {
  const { inventory, secrets } = context;
  const edge = edgeOn(context);
  const apps = appsThrough(inventory, edge.node);
  const authority = edge.acme && authorityFile(edge.acme);
  const environment = environmentOf(edge, secrets);
  return {
    proxy: proxyOf(edge),
    apps,
    setup: {
      edge,
      longestUpload: Math.max(0, ...apps.map(({ options }) => options.upload ?? 0)),
      ...(authority !== undefined && { authority: readFileSync(authority, 'utf8') }),
      ...(environment !== undefined && { environment }),
    },
    passwords: new Map(
      apps.flatMap(({ name, options }) => {
        const secret = options.auth && secrets.read(options.auth);
        return secret === undefined ? [] : [[name, secret] as const];
      }),
    ),
  };
}

/** Why an app can't be routed yet, or its route. An app with a password is never served without one. */
export function routeOf(
  { inventory, node }: Context,
  facts: Facts,
  app: App,
  visitors: ReadonlyMap<string, string>,
): Route | string {
  const [upstream] = upstreamsOf(inventory, facts, app, node.name);
  if (upstream === undefined) return `the address of ${app.to.node} in ${app.network} is not known yet`;
  if (app.options.auth === undefined) return { app, upstream };
  const own = visitors.get(app.name);
  return own === undefined ? 'its password is not known' : { app, upstream, visitors: own };
}
