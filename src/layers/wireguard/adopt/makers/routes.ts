import { bareAddress, hostRoute, isWithin, networkOf } from '../../../../model/address.js';
import { parseAddress } from '../../../../model/parse-address.js';
import type { LiveInterface } from '../../tunnel/live.js';
import type { PeerThere } from '../peers.js';
import type { Setting } from './sections.js';
import type { Untaken } from './takeover.js';

/** The range that a program makes of an address or a range with host bits; undefined if it is neither. */
function rangeOf(text: string): string | undefined {
  if (!parseAddress(bareAddress(text)).ok) return undefined;
  return text.includes('/') ? networkOf(text) : hostRoute(text);
}

/** wg-quick makes a route for each of AllowedIPs, and no other. */
export function untakenRoute(
  file: string,
  { key, value, line }: Setting,
  allowedIps: readonly string[],
): readonly Untaken[] {
  const wanted = rangeOf(value);
  const ranges = allowedIps.flatMap((range) => rangeOf(range) ?? []);
  if (wanted !== undefined && ranges.some((range) => isWithin(wanted, range))) return [];
  return [{ file, line, setting: `${key}=${value}`, why: 'routing' }];
}

/** Ranges that wg-quick routes into an interface at the next boot, and that aren't routed into it now; by peer. */
export function unrouted(
  { addresses, routes }: Pick<LiveInterface, 'addresses' | 'routes'>,
  peers: readonly PeerThere[],
): readonly { readonly publicKey: string; readonly ranges: readonly string[] }[] {
  const routed = [...addresses, ...routes].flatMap((text) => rangeOf(text) ?? []);
  const isRouted = (range: string): boolean => routed.some((route) => isWithin(range, route));
  return peers
    .map(({ publicKey, allowedIps }) => ({
      publicKey,
      ranges: allowedIps.flatMap((range) => rangeOf(range) ?? []).filter((range) => !isRouted(range)),
    }))
    .filter(({ ranges }) => ranges.length > 0);
}
