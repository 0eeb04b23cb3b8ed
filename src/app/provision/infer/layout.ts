import { isIP } from 'node:net';
import { basename } from 'node:path';
import { isOneMachine } from '../../../facts/machine/identity.js';
import { bareAddress, familyOf, fourFirst, inRange, networkOf } from '../../../model/address.js';
import type { SshSettings } from '../../../model/inventory.js';
import type { Hop } from '../../../ssh/index.js';
import type { DraftForward, DraftNode, DraftSite } from '../../draft/draft.js';
import { nameFrom } from '../../draft/names.js';
import type { Survey, Surveyed } from '../survey/survey.js';
import { inFamily, isPublic, ownLan, ownPublic } from './addresses.js';
import { callableAt, outsideOf } from './outside.js';

/** The user's corrections; names are those of the layout. */
export interface Corrections {
  /** Node names by machine, as the user named it. */
  readonly names?: Readonly<Record<string, string>>;
  /** Site names by node; `none` for a machine in no LAN. */
  readonly sites?: Readonly<Record<string, string>>;
  /** Public addresses by node or site; `none` for one without. */
  readonly public?: Readonly<Record<string, string>>;
}

export interface Placed {
  readonly node: DraftNode;
  readonly surveyed: Surveyed;
}

/** Machines and LANs, before a network is designed. */
export interface Layout {
  readonly placed: readonly Placed[];
  readonly sites: readonly DraftSite[];
  /** Machines that are left out because they are the same as another one, with that one. */
  readonly twice: readonly { readonly machine: string; readonly as: string }[];
  /** The site that this computer is in, if any. */
  readonly laptop?: string;
}

/** What is known about where one machine is. */
interface Place {
  readonly name: string;
  readonly surveyed: Surveyed;
  readonly publicAddresses: readonly string[];
  /** CIDR. */
  readonly lan: readonly string[];
  readonly outside: string | undefined;
  /** Machines with the same key are in the same LAN. */
  readonly site: string | undefined;
}

const CLOUDS = /amazon|microsoft|google|oracle|alibaba|tencent|digitalocean|openstack/i;
const NONE = 'none';

/** Sites, addresses and logins, derived from what the machines report about themselves and each other. */
export function layOut({ surveyed, heard }: Survey, corrections: Corrections = {}): Layout {
  const { kept, twice } = withoutTwins(surveyed);
  const places: Place[] = [];
  for (const one of kept) {
    const name = corrections.names?.[one.machine] ?? nameOf(one, places);
    places.push({ name, surveyed: one, ...placeOf(one, kept, heard) });
  }
  const named = nameSites(places, corrections);
  const sites = [...new Set(named.values())].map((site) => {
    const inside = places.filter(({ name }) => named.get(name) === site);
    return siteOf(site, inside, { heard, corrections });
  });
  const placed = places.map((place) => ({
    surveyed: place.surveyed,
    node: nodeOf(place, {
      site: sites.find(({ name }) => name === named.get(place.name)),
      places,
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

function withoutTwins(surveyed: readonly Surveyed[]) {
  const kept: Surveyed[] = [];
  const twice: { machine: string; as: string }[] = [];
  for (const one of surveyed) {
    const same = kept.find(({ facts }) => isOneMachine(facts.identity, one.facts.identity));
    if (same === undefined) kept.push(one);
    else twice.push({ machine: one.machine, as: same.machine });
  }
  return { kept, twice };
}

/** The name that the user gave it; or its hostname if that is an address. */
function nameOf({ machine, facts }: Surveyed, places: readonly Place[]): string {
  const host = machine.slice(machine.lastIndexOf('@') + 1).replace(/:\d+$/, '');
  return nameFrom(
    isIP(host.replace(/^\[|\]$/g, '')) === 0 ? host : facts.hostname,
    places.map(({ name }) => name),
  );
}

function placeOf(
  one: Surveyed,
  all: readonly Surveyed[],
  heard: Survey['heard'],
): Omit<Place, 'name' | 'surveyed'> {
  const { facts } = one;
  const own = ownPublic(facts);
  const lan = ownLan(facts);
  const outside = outsideOf(one, all, heard);
  const dialled = inFamily(own, 4) === undefined ? callableAt(one, 4) : undefined;
  // One-to-one NAT at a provider: no other machine has the address, and packets to it arrive.
  const isShared = all.some(
    (other) => other !== one && outsideOf(other, all, heard) === (outside ?? dialled),
  );
  const arrives = heard.some(({ at, address }) => at === one.machine && address === dialled);
  if (dialled !== undefined && !isShared && (arrives || CLOUDS.test(facts.vendor ?? ''))) {
    return { publicAddresses: fourFirst([...own, dialled]), lan: [], outside: undefined, site: undefined };
  }
  const four = lan.find((cidr) => familyOf(cidr) === 4);
  const isHidden = inFamily(own, 4) === undefined && four !== undefined;
  const mac = facts.defaults.find(({ family }) => family === 4)?.routerMac;
  const site = isHidden ? `${outside ?? dialled ?? mac ?? ''} ${networkOf(four)}` : undefined;
  return { publicAddresses: fourFirst(own), lan: isHidden ? lan : [], outside: outside ?? dialled, site };
}

/** The name of each node's site: the user's, else `home`, `home-2` … */
function nameSites(places: readonly Place[], { sites = {} }: Corrections): Map<string, string> {
  const byKey = new Map<string, string>();
  const named = new Map<string, string>();
  for (const { name, site } of places) {
    const own = sites[name];
    if (own === NONE) continue;
    if (own !== undefined) named.set(name, own);
    else if (site !== undefined) {
      const known = byKey.get(site) ?? nameFrom('home', [...byKey.values(), ...Object.values(sites)]);
      byKey.set(site, known);
      named.set(name, known);
    }
  }
  return named;
}

interface SiteContext {
  readonly heard: Survey['heard'];
  readonly corrections: Corrections;
}

function siteOf(name: string, inside: readonly Place[], { heard, corrections }: SiteContext): DraftSite {
  const subnets = [...new Set(inside.flatMap(({ lan }) => lan).map(networkOf))];
  const router = inside
    .flatMap(({ surveyed }) => surveyed.facts.defaults)
    .find((route) => route.family === 4 && route.router !== undefined)?.router;
  const corrected = corrections.public?.[name];
  const outside = inside
    .map((place) => place.outside)
    .find((address) => address !== undefined && isPublic(address));
  const seen = outside === undefined ? [] : [outside];
  const publicAddresses = corrected === undefined ? seen : corrected === NONE ? [] : [corrected];
  return {
    name,
    subnets: fourFirst(subnets),
    ...(router !== undefined && { router }),
    publicAddresses,
    forwards: forwardsOf(inside, publicAddresses, heard),
  };
}

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

interface NodeContext {
  readonly site: DraftSite | undefined;
  readonly places: readonly Place[];
  readonly corrections: Corrections;
}

function nodeOf(place: Place, { site, places, corrections }: NodeContext): DraftNode {
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
    ssh: loginOf(surveyed, places, [...publicAddresses, ...lanAddresses]),
    ...(surveyed.facts.os === 'debian' && surveyed.facts.version === '13' && { release: 'trixie' as const }),
  };
}

const USUAL_KEYS = /^id_(rsa|dsa|ecdsa|ed25519|xmss|ecdsa_sk|ed25519_sk)$/;

/** Its login as the inventory writes it, so that it also works with another ~/.ssh/config. */
function loginOf(
  { hop, facts }: Surveyed,
  places: readonly Place[],
  addresses: readonly string[],
): Partial<SshSettings> {
  const own = hop.identityFiles.filter((file) => !USUAL_KEYS.test(basename(file)));
  const [key] = own.length === hop.identityFiles.length ? own : [];
  return {
    ...(hop.host !== addresses[0] && { host: hop.host }),
    ...(hop.port !== 22 && { port: hop.port }),
    user: hop.user,
    ...(key !== undefined && { key }),
    ...(hop.via !== undefined && { jump: jumpOf(hop.via, places) }),
    ...(facts.sudo === 'password' && { sudo: 'password' as const }),
  };
}

function jumpOf(via: Hop, places: readonly Place[]): string {
  const node = places.find(
    ({ surveyed: { hop } }) => hop.host === via.host && hop.port === via.port && hop.user === via.user,
  );
  const host = via.host.includes(':') ? `[${via.host}]` : via.host;
  return node?.name ?? `${via.user}@${host}${via.port === 22 ? '' : `:${via.port}`}`;
}
