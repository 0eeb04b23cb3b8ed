import { bareAddress, fourFirst, inRange, networkOf } from '../../../model/address.js';
import { isPublic } from '../../../model/address-purpose.js';
import type { DraftForward, DraftSite } from '../../draft/draft.js';
import { nameFrom } from '../../draft/names.js';
import type { Survey } from '../survey/survey.js';
import { type Corrections, NONE } from './corrections.js';
import type { Place } from './place.js';

/** The name of each node's site: the user's, else that of the inventory's site, else `home`, `home-2` … */
export function nameSites(
  places: readonly Place[],
  { sites = {} }: Corrections,
  there: readonly DraftSite[],
): Map<string, string> {
  const byKey = new Map<string, string>();
  const named = new Map<string, string>();
  const taken = [...Object.values(sites), ...there.map(({ name }) => name)];
  for (const place of places) {
    const { name, site } = place;
    const own = sites[name];
    if (own === NONE) continue;
    if (own !== undefined) named.set(name, own);
    else if (site !== undefined) {
      const known =
        byKey.get(site) ?? siteThere(place, there) ?? nameFrom('home', [...byKey.values(), ...taken]);
      byKey.set(site, known);
      named.set(name, known);
    }
  }
  return named;
}

/** The one existing site with this LAN and, if both are known, this public address. */
function siteThere({ lan, outside }: Place, there: readonly DraftSite[]): string | undefined {
  const fitting = there.filter(
    ({ subnets, publicAddresses = [] }) =>
      lan.some((cidr) => subnets.some((subnet) => inRange(bareAddress(cidr), subnet))) &&
      (outside === undefined || publicAddresses.length === 0 || publicAddresses.includes(outside)),
  );
  return fitting.length === 1 ? fitting[0]?.name : undefined;
}

interface SiteContext {
  readonly heard: Survey['heard'];
  readonly corrections: Corrections;
  /** The existing site of that name. */
  readonly there: DraftSite | undefined;
}

/** A site as its machines show it; what is known of one that is there counts more. */
export function siteOf(
  name: string,
  inside: readonly Place[],
  { heard, corrections, there }: SiteContext,
): DraftSite {
  const subnets = [...new Set(inside.flatMap(({ lan }) => lan).map(networkOf))];
  const router =
    there?.router ??
    inside
      .flatMap(({ surveyed }) => surveyed.facts.defaults)
      .find((route) => route.family === 4 && route.router !== undefined)?.router;
  const corrected = corrections.public?.[name];
  const outside = inside
    .map((place) => place.outside)
    .find((address) => address !== undefined && isPublic(address));
  const seen = outside === undefined ? [] : [outside];
  const known = there?.publicAddresses ?? [];
  const found = known.length > 0 ? known : seen;
  const publicAddresses = corrected === undefined ? found : corrected === NONE ? [] : [corrected];
  const forwards = there?.forwards ?? [];
  return {
    ...there,
    name,
    subnets: fourFirst([...(there?.subnets ?? []), ...beyond(subnets, there?.subnets ?? [])]),
    ...(router !== undefined && { router }),
    publicAddresses,
    forwards: [
      ...forwards,
      ...forwardsOf(inside, publicAddresses, heard).filter(
        ({ port }) => !forwards.some((one) => one.port === port),
      ),
    ],
  };
}

/** Ranges that none of those known has in it. */
const beyond = (subnets: readonly string[], known: readonly string[]): string[] =>
  subnets.filter((subnet) => !known.some((one) => inRange(bareAddress(subnet), one)));

/** Existing forwards in the router: datagrams sent to its public address arrived at machines behind it. */
function forwardsOf(
  inside: readonly Place[],
  publicAddresses: readonly string[],
  heard: Survey['heard'],
): DraftForward[] {
  const found = new Map<number, DraftForward>();
  for (const { to, address, port, at, atPort } of heard) {
    const node = inside.find(({ surveyed }) => surveyed.machine === at)?.name;
    if (to !== undefined || node === undefined || !publicAddresses.includes(address)) continue;
    found.set(port, { port, node, nodePort: atPort });
  }
  return [...found.values()].sort((a, b) => a.port - b.port);
}
