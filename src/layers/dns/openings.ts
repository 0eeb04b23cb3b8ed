import { atlasOf } from '../../model/atlas.js';
import type { Inventory, Opening } from '../../model/inventory.js';
import { wayOf } from '../firewall/inventory/openings.js';
import { type Place, viewsOf } from './views.js';

export const DNS_PORT = 53;

/** Whoever is on the LAN of a serving node, or in a network of it, asks it. */
export function dnsOpenings(inventory: Inventory): Opening[] {
  const { dns } = inventory;
  if (dns === undefined) return [];
  return dns.serve.flatMap((server) =>
    viewsOf(inventory, server).flatMap(({ place }) =>
      (['udp', 'tcp'] as const).map(
        (protocol): Opening => ({
          node: server,
          protocol,
          port: DNS_PORT,
          ...wayTo(inventory, server, place),
          because: `dns ${dns.zones[0]}`,
        }),
      ),
    ),
  );
}

/** Where packets of those who ask at a place come from. */
export function wayTo(
  inventory: Inventory,
  server: string,
  place: Place,
): Pick<Opening, 'interface'> & { readonly sources: readonly string[] } {
  const node = atlasOf(inventory).nodes.get(server);
  if (node === undefined) return { sources: [] };
  if (place.kind === 'lan') return wayOf(inventory, node, { kind: 'lan' });
  return wayOf(inventory, node, { kind: 'network', name: place.network });
}
