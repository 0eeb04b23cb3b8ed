import { familyOf } from '../../../../model/address.js';
import type { Network } from '../../../../model/inventory.js';
import { outermost } from '../../overlay/reach.js';
import { set } from './matches.js';

/**
 * Drops packets out of the tunnel from addresses that the network doesn't have. The table is loaded before WireGuard's peers
 * change, so a client whose address was changed still has its old one for a while, and no limit of it matches.
 */
export function dropUnknownSources({ interface: tunnel, ranges, advertises, unmanaged }: Network): string[] {
  const known = outermost([
    ...ranges,
    ...advertises.flatMap(({ subnets }) => subnets),
    ...unmanaged.flatMap(({ allowedIps }) => allowedIps),
  ]);
  return ([4, 6] as const).flatMap((family) => {
    const own = known.filter((range) => familyOf(range) === family);
    if (own.length === 0) return `iifname "${tunnel}" meta nfproto ipv${family} drop`;
    if (own.some((range) => range.endsWith('/0'))) return [];
    return `iifname "${tunnel}" ${family === 4 ? 'ip' : 'ip6'} saddr != ${set(own)} drop`;
  });
}
