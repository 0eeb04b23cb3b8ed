import type { Inventory, Service } from '../../../model/inventory.js';
import type { Facts } from '../../step.js';
import type { App } from '../inventory/types.js';
import { appsAt, remoteEdges } from '../registry.js';
import { edgeAddresses, listenAddresses } from '../upstream.js';

/** An app that a node relays to. */
export interface Relayed {
  readonly app: App;
  /** Bare addresses of the node on the overlay, IPv4 first. */
  readonly addresses: readonly string[];
  /** Bare addresses of the edges. */
  readonly edges: readonly string[];
}

/** The apps of a node that something of ours relays to. */
export function relayedAt(inventory: Inventory, facts: Facts, node: string): Relayed[] {
  return appsAt(inventory, node)
    .filter((app) => app.relay !== 'direct' && remoteEdges(app).length > 0)
    .map((app) => ({
      app,
      addresses: listenAddresses(inventory, facts, app),
      edges: edgeAddresses(inventory, facts, app),
    }));
}

export const isRewritten = ({ app }: Relayed): boolean => app.relay === 'dnat';

/** What the app is asked by. */
export const serviceOf = ({ kind, to }: App): Service => ({
  protocol: kind === 'udp' ? 'udp' : 'tcp',
  port: to.port,
});
