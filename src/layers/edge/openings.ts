import { hostRoute } from '../../model/address.js';
import type { Inventory, Opening } from '../../model/inventory.js';
import { NOTHING_ASKED } from '../step.js';
import { TAILNET_ARRIVAL } from '../tailscale/arrival.js';
import { membershipOf } from '../tailscale/inventory/members.js';
import type { App } from './inventory/types.js';
import { tunnelOf } from './overlay.js';
import { letIn } from './proxy/sources.js';
import { appsThrough, remoteEdges } from './registry.js';
import { serviceOf } from './relays/wanted.js';
import { edgeAddresses, listenAddresses } from './upstream.js';

/** What is known before any node was asked. */
/** Visitors reach the edges, and the edges reach the nodes of the apps over the overlay. */
export function appOpenings(inventory: Inventory): Opening[] {
  return [
    ...inventory.edges.flatMap(({ node }) => atEdge(node, appsThrough(inventory, node))),
    ...inventory.apps.flatMap((app) => atHome(inventory, app)),
  ];
}

/** Port 80 also answers the authority, and sends visitors on to 443. */
function atEdge(node: string, apps: readonly App[]): Opening[] {
  const web = apps.filter(({ kind }) => kind === 'http' || kind === 'tls');
  const proxied = [80, 443].flatMap((port): Opening[] => {
    const own = port === 80 ? web.filter(({ kind }) => kind === 'http') : web;
    const because = `app ${own.map(({ name }) => name).join(', ')}`;
    return own.length === 0 ? [] : [{ node, protocol: 'tcp', port, sources: 'anyone', because }];
  });
  const own = apps.flatMap((app): Opening[] => {
    const { name, listen, options } = app;
    if (listen === undefined) return [];
    const { protocol } = serviceOf(app);
    const sources = letIn(options.allow, options.deny) ?? 'anyone';
    return sources.length === 0 ? [] : [{ node, protocol, port: listen, sources, because: `app ${name}` }];
  });
  return [...proxied, ...own];
}

/** Packets that were rewritten to the node itself arrive at the app's own port, as far as its filters see. */
function atHome(inventory: Inventory, app: App): Opening[] {
  const { to, name, relay, port } = app;
  const arrival = arrivalOf(inventory, app);
  if (arrival === undefined) return [];
  const { protocol } = serviceOf(app);
  const isOwn = relay === 'dnat' && to.address === undefined;
  return [...new Set(isOwn ? [port, to.port] : [port])].map((one) => ({
    node: to.node,
    protocol,
    port: one,
    ...arrival,
    because: `app ${name}`,
  }));
}

/** What packets of the edges look like when they arrive at an app's node; undefined if none do. */
function arrivalOf(
  inventory: Inventory,
  app: App,
): Pick<Opening, 'sources' | 'interface' | 'neededBy'> | undefined {
  const { network, to } = app;
  const edges = remoteEdges(app);
  if (edges.length > 0 && membershipOf(inventory, to.node)?.tailnet.name === network)
    return { ...TAILNET_ARRIVAL, neededBy: edges };
  if (listenAddresses(inventory, NOTHING_ASKED, app).length === 0) return undefined;
  const tunnel = tunnelOf(inventory, network);
  const sources = edgeAddresses(inventory, NOTHING_ASKED, app).map(hostRoute);
  return { sources, ...(tunnel !== undefined && { interface: tunnel }) };
}
