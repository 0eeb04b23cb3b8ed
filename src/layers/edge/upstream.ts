import { familyOf } from '../../model/address.js';
import type { Inventory } from '../../model/inventory.js';
import type { Facts } from '../step.js';
import type { App } from './inventory/types.js';
import { overlayAddresses } from './overlay.js';
import { remoteEdges } from './registry.js';

/** Bare addresses of an app's node at which it listens for the edges, IPv4 first; none if no edge is elsewhere. */
export function listenAddresses(inventory: Inventory, facts: Facts, app: App): readonly string[] {
  const { network, to } = app;
  if (network === undefined || remoteEdges(app).length === 0) return [];
  return overlayAddresses(inventory, facts, network, to.node).filter((one) => leadsFrom(app, familyOf(one)));
}

/** Whether the relay of an app leads there from a family: rewriting a packet can't change its own. */
export const leadsFrom = ({ relay, to: { address } }: App, family: 4 | 6): boolean =>
  relay !== 'dnat' || address === undefined || familyOf(address) === family;

/** Bare overlay addresses of the edges that reach an app over its network. */
export function edgeAddresses(inventory: Inventory, facts: Facts, app: App): readonly string[] {
  const { network } = app;
  if (network === undefined) return [];
  return remoteEdges(app).flatMap((edge) => overlayAddresses(inventory, facts, network, edge));
}

/** Where an edge connects to for an app, in the order of preference. */
export function upstreamsOf(
  inventory: Inventory,
  facts: Facts,
  app: App,
  edge: string,
): readonly { readonly address: string; readonly port: number }[] {
  const { to, port } = app;
  if (edge === to.node) return [{ address: to.address ?? '127.0.0.1', port: to.port }];
  return listenAddresses(inventory, facts, app).map((address) => ({ address, port }));
}

/** Whether edges send the app a PROXY header in front of each connection. */
export const edgeSendsProxyHeader = ({ kind, options }: App): boolean =>
  options.proxyProtocol && (kind === 'tls' || kind === 'tcp');
