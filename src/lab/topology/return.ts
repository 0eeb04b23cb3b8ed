import { familyOf, inRange, networkOf, overlaps, spanOf } from '../../model/address.js';
import { atlasOf } from '../../model/atlas.js';
import type { Advertised, Inventory, Network } from '../../model/inventory.js';
import type { RouterLayout } from './layout.js';

/** `ip` lines for the routes by which a LAN's router sends answers back through a gateway with `nat: none`. */
export function returnRoutes(inventory: Inventory, router: RouterLayout): string[] {
  return unmasked(inventory, router.site.subnets).flatMap(({ network, gateway }) => {
    const own = atlasOf(inventory).nodes.get(gateway.node)?.lanAddresses ?? [];
    return network.ranges.flatMap((range) => {
      const hop = own.find(
        (address) =>
          familyOf(address) === familyOf(range) && router.lan.some(({ subnet }) => inRange(address, subnet)),
      );
      return hop === undefined ? [] : [`route replace ${networkOf(range)} via ${hop} dev lan`];
    });
  });
}

/** What the real routers need, reported since the lab's have it. */
export function routeNotes(inventory: Inventory): string[] {
  return inventory.sites.flatMap((site) =>
    unmasked(inventory, site.subnets).map(
      ({ network, gateway }) =>
        `site ${site.name}: the router has a route to ${network.ranges.join(' and ')} through ${gateway.node}, as \`nat: none\` asks of the real one`,
    ),
  );
}

function unmasked(
  inventory: Inventory,
  subnets: readonly string[],
): { network: Network; gateway: Advertised }[] {
  return inventory.networks.flatMap((network) =>
    network.advertises
      .filter(
        ({ nat, subnets: theirs }) =>
          nat === 'none' && theirs.some((a) => subnets.some((b) => overlaps(spanOf(a), spanOf(b)))),
      )
      .map((gateway) => ({ network, gateway })),
  );
}
