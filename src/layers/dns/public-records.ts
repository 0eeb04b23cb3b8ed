import { familyOf } from '../../model/address.js';
import { outsideAddresses } from '../../model/atlas.js';
import type { Inventory } from '../../model/inventory.js';

/** A record that the provider of a zone must have. */
export interface PublicRecord {
  /** In lower case, without a dot at the end; `*.` in front stands for any one label. */
  readonly name: string;
  readonly type: 'A' | 'AAAA';
  /** Bare addresses of one family. */
  readonly addresses: readonly string[];
  /** Apps that are reached by it. */
  readonly apps: readonly string[];
}

/** Seconds for which resolvers may keep a record: short enough for a move, long enough for a provider's limits. */
export const PUBLIC_TTL = 300;

/** What has to be published, so that visitors from the internet find the apps; sorted by name. */
export function publicRecords(inventory: Inventory): PublicRecord[] {
  const hosts = [...new Set(inventory.apps.flatMap(({ hosts }) => hosts))].sort();
  return hosts.flatMap((name) => {
    const apps = inventory.apps.filter((app) => app.hosts.includes(name));
    const edges = [...new Set(apps.flatMap((app) => app.edges))];
    const all = [...new Set(edges.flatMap((edge) => outsideAddresses(inventory, edge) ?? []))];
    return ([4, 6] as const).flatMap((family): PublicRecord[] => {
      const addresses = all.filter((address) => familyOf(address) === family);
      if (addresses.length === 0) return [];
      return [{ name, type: family === 4 ? 'A' : 'AAAA', addresses, apps: apps.map((app) => app.name) }];
    });
  });
}
