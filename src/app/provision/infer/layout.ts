import { bareAddress, familyOf, fourFirst, inRange } from '../../../model/address.js';
import type { Inventory } from '../../../model/inventory.js';
import type { DraftNode, DraftSite } from '../../draft/draft.js';
import type { Survey, Surveyed } from '../survey/survey.js';
import { type Corrections, NONE } from './corrections.js';
import { loginOf, type NamedMachine } from './login.js';
import { nameOf, type Place, placeOf, type Twin, withoutTwins } from './place.js';
import { nameSites, siteOf } from './sites.js';
import { namesIn } from './there.js';

export interface Placed {
  readonly node: DraftNode;
  readonly surveyed: Surveyed;
}

/** Machines and LANs, before a network is designed. */
export interface Layout {
  readonly placed: readonly Placed[];
  readonly sites: readonly DraftSite[];
  readonly twice: readonly Twin[];
  /** The site that this computer is in, if any. */
  readonly laptop?: string;
}

/**
 * Sites, addresses and logins, derived from what the machines report about themselves and each other. Machines that are
 * added to an inventory get its sites.
 */
export function layOut(
  { surveyed, observers, heard }: Survey,
  corrections: Corrections = {},
  there?: Inventory,
): Layout {
  const { kept, twice } = withoutTwins(surveyed, observers);
  const all = [...kept, ...observers];
  const places: Place[] = [];
  for (const one of kept) {
    const taken = [...places.map(({ name }) => name), ...namesIn(there)];
    const name = corrections.names?.[one.machine] ?? nameOf(one, taken);
    places.push({ name, surveyed: one, ...placeOf(one, all, heard) });
  }
  const sitesThere = there?.sites ?? [];
  const named = nameSites(places, corrections, sitesThere);
  const sites = [...new Set(named.values())].map((site) => {
    const inside = places.filter(({ name }) => named.get(name) === site);
    return siteOf(site, inside, {
      heard,
      corrections,
      there: sitesThere.find(({ name }) => name === site),
    });
  });
  const machines = [...places, ...observers.map((one) => ({ name: one.machine, surveyed: one }))];
  const placed = places.map((place) => ({
    surveyed: place.surveyed,
    node: nodeOf(place, {
      site: sites.find(({ name }) => name === named.get(place.name)),
      machines,
      corrections,
    }),
  }));
  const beside = places.find(({ name, surveyed: { facts, hop } }) => {
    const subnets = sites.find((site) => site.name === named.get(name))?.subnets ?? [];
    const from = facts.login?.from;
    return hop.via === undefined && from !== undefined && subnets.some((subnet) => inRange(from, subnet));
  });
  const laptop = beside && named.get(beside.name);
  return { placed, sites, twice, ...(laptop !== undefined && { laptop }) };
}

interface NodeContext {
  readonly site: DraftSite | undefined;
  readonly machines: readonly NamedMachine[];
  readonly corrections: Corrections;
}

function nodeOf(place: Place, { site, machines, corrections }: NodeContext): DraftNode {
  const { name, surveyed } = place;
  const corrected = corrections.public?.[name];
  const publicAddresses =
    corrected === undefined ? place.publicAddresses : corrected === NONE ? [] : [corrected];
  const lanAddresses =
    site === undefined
      ? []
      : fourFirst(
          place.lan.map(bareAddress).filter((one) => site.subnets.some((range) => inRange(one, range))),
        );
  return {
    name,
    role: publicAddresses.some((address) => familyOf(address) === 4) ? 'edge' : 'server',
    ...(site !== undefined && { site: site.name }),
    lanAddresses,
    publicAddresses,
    ssh: loginOf(surveyed, machines, [...publicAddresses, ...lanAddresses]),
    ...(surveyed.facts.os === 'debian' && surveyed.facts.version === '13' && { release: 'trixie' as const }),
  };
}
