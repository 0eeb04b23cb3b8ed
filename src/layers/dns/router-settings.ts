import { familyOf } from '../../model/address.js';
import { isPrivate } from '../../model/address-purpose.js';
import type { Inventory } from '../../model/inventory.js';
import { NOTHING_ASKED } from '../step.js';
import { type Answer, answersAt } from './answers.js';
import { isIn } from './inventory/names.js';
import type { Dns } from './inventory/types.js';
import { servedViews } from './views.js';

/** What somebody has to type into the router of a site, so that its machines get the inside answers. */
export interface RouterSettings {
  readonly site: string;
  /** Bare addresses of the serving nodes, for the router to give out. IPv4 first. */
  readonly servers: readonly string[];
  /** Zones and names whose answers lead into the LAN: a router that protects from DNS rebinding drops them unless they are allowed. */
  readonly rebind: readonly string[];
}

/** A zone stands for all of its names. */
export const rebindNames = ({ zones }: Dns, answers: readonly Answer[]): string[] => [
  ...new Set(
    answers
      .filter(({ addresses }) => addresses.some(isPrivate))
      .map(({ name }) => zones.find((zone) => isIn(name, zone)) ?? name.replace(/^\*\./, '')),
  ),
];

/** For each site that has a serving node. */
export function routerSettings(inventory: Inventory): RouterSettings[] {
  const { dns } = inventory;
  if (dns === undefined) return [];
  const served = dns.serve.flatMap((server) => servedViews(inventory, NOTHING_ASKED, server));
  return inventory.sites.flatMap(({ name: site }): RouterSettings[] => {
    const place = { kind: 'lan', site } as const;
    const servers = served
      .filter((view) => view.place.kind === 'lan' && view.place.site === site)
      .flatMap(({ addresses }) => addresses)
      .toSorted((a, b) => familyOf(a) - familyOf(b));
    if (servers.length === 0) return [];
    const answers = answersAt({ inventory, facts: NOTHING_ASKED, place }, dns);
    return [{ site, servers, rebind: rebindNames(dns, answers) }];
  });
}
