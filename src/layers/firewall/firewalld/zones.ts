import type { FirewalldState, FirewalldZone } from '../../../facts/firewall/firewalld.js';
import { isCalledInside } from '../../host/forwarding/inside.js';

type Zones = Pick<FirewalldState, 'defaultZone' | 'live' | 'permanent'>;

/** Names of the zones that incoming packets get into, now or after a boot: not those of only containers and guests. */
export function zonesInUse({ defaultZone, live, permanent }: Zones, uplinks: readonly string[]): string[] {
  const isOutside = (device: string): boolean => !isCalledInside(device) || uplinks.includes(device);
  const used = [...live, ...permanent].filter(
    ({ interfaces, sources }) => sources.length > 0 || interfaces.some(isOutside),
  );
  return [...new Set([defaultZone, ...used.map(({ name }) => name)])];
}

/** The zones that packets of an interface get into: its own, and those of sources, which come before it. */
export function zonesOf(device: string, { defaultZone, live, permanent }: Zones): string[] {
  const all = [...live, ...permanent];
  const own = all.filter(({ interfaces }) => interfaces.includes(device));
  const isFree = ![live, permanent].every((zones) =>
    zones.some(({ interfaces }) => interfaces.includes(device)),
  );
  const bySource = all.filter(({ sources }) => sources.length > 0);
  return [...new Set([...[...own, ...bySource].map(({ name }) => name), ...(isFree ? [defaultZone] : [])])];
}

/** A zone as it is live and as it is permanently, of which either may be missing. */
export const bothOf = (name: string, { live, permanent }: Zones): readonly FirewalldZone[] =>
  [...live, ...permanent].filter((zone) => zone.name === name);
