import type { Path } from '../../../document/index.js';
import {
  addressAt,
  bareAddress,
  familyOf,
  hostPart,
  hostRoute,
  inRange,
  isWithin,
  movedRange,
  roomIn,
} from '../../../model/address.js';
import { parseAddress, parseRange } from '../../../model/parse-address.js';
import type { OneOrMore, RawNetwork } from '../../../model/raw.js';
import { parseReach, reachWord } from '../../../model/reach.js';
import { type Joined, joinedRanges } from './joined-ranges.js';
import { freeIn } from './missing.js';

/** Who has an address in a network. */
export interface Owner {
  readonly name: string;
  readonly kind: 'node' | 'client' | 'unmanaged';
}

/** A text of the inventory that reads otherwise in the renumbered network. */
export interface Move {
  readonly path: Path;
  readonly from: string;
  readonly to: string;
  /** Whose own address it is. */
  readonly owner?: Owner;
}

export interface Renumbering {
  readonly moves: readonly Move[];
  /** Ranges within the old one for which the new one has no place. */
  readonly unplaced: readonly Move[];
  /** Ranges that would hold the addresses of more owners than before. */
  readonly joined: readonly Joined[];
  /** New ranges that are too small for the addresses. */
  readonly full: readonly { readonly range: string; readonly has: bigint; readonly needs: number }[];
}

/** A text or one of a list, and its place. */
interface Spot {
  readonly path: Path;
  readonly text: string;
}

interface Owned extends Spot {
  readonly address: string;
  readonly owner: Owner;
}

/**
 * A network moved to another range of one family: what is in the new range already stays, each other address keeps its host part
 * if the new range has that, and the rest get the lowest free ones. What else names a part of the old range follows.
 */
export function renumbered(name: string, raw: RawNetwork, from: string, to: string): Renumbering {
  const owned = ownedIn(name, raw).filter(
    ({ address, owner }) =>
      familyOf(address) === familyOf(to) && (owner.kind !== 'unmanaged' || inRange(address, from)),
  );
  const given = assign(
    owned.map(({ address }) => address),
    from,
    to,
  );
  if (given === undefined) {
    const needs = new Set(owned.map(({ address }) => address)).size;
    return { moves: [], unplaced: [], joined: [], full: [{ range: to, has: roomIn(to), needs }] };
  }
  const follow = (cidr: string): string | undefined => {
    const own = given.get(bareAddress(cidr));
    if (own !== undefined && hostRoute(bareAddress(cidr)) === cidr) return hostRoute(own);
    if (cidr === from) return to;
    return isWithin(cidr, from) && !isWithin(cidr, to) ? movedRange(cidr, from, to) : cidr;
  };
  const others = othersIn(name, raw).flatMap((spot): Move[] => {
    const text = followed(spot.text, follow);
    return [{ path: spot.path, from: spot.text, to: text ?? '' }];
  });
  const range = spots(['networks', name, 'range'], raw.range).filter(({ text }) => canonical(text) === from);
  const moves = [
    ...range.map(({ path, text }) => ({ path, from: text, to })),
    ...owned.map(({ path, text, address, owner }) => {
      const own = given.get(address) ?? address;
      return { path, from: text, to: text.includes('/') ? hostRoute(own) : own, owner };
    }),
    ...others.filter((move) => move.to !== ''),
  ];
  return {
    moves: moves.filter((move) => move.from !== move.to),
    unplaced: others.filter((move) => move.to === ''),
    joined: joinedRanges(
      others,
      owned.map(({ address, owner: { name } }) => ({
        name,
        from: address,
        to: given.get(address) ?? address,
      })),
      from,
    ),
    full: [],
  };
}

/** New addresses by the old ones; undefined if there are too few. */
function assign(
  addresses: readonly string[],
  from: string,
  to: string,
): ReadonlyMap<string, string> | undefined {
  const given = new Map<string, string>();
  const taken = new Set<string>();
  const give = (address: string, wanted: string): void => {
    given.set(address, wanted);
    taken.add(wanted);
  };
  for (const address of addresses.filter((one) => inRange(one, to))) {
    if (addressAt(to, hostPart(address, to)) !== undefined) give(address, address);
  }
  for (const address of addresses.filter((one) => !given.has(one))) {
    const same = addressAt(to, hostPart(address, from));
    if (same !== undefined && !taken.has(same)) give(address, same);
  }
  const free = freeIn(to, taken);
  for (const address of addresses.filter((one) => !given.has(one))) {
    const next = free.next().value;
    if (next === undefined) return undefined;
    give(address, next);
  }
  return given;
}

/** What an entry of `reach`, a name server or an allowed range becomes; undefined if the new range has no place for it. */
function followed(text: string, follow: (cidr: string) => string | undefined): string | undefined {
  const parsed = parseReach(text);
  if (!parsed.ok || parsed.reach.kind !== 'range') return text;
  const { reach } = parsed;
  const range = follow(reach.range);
  if (range === undefined || range === reach.range) return range === undefined ? undefined : text;
  const word = reachWord({ ...reach, range });
  return text.includes('/') ? word : bareAddress(word);
}

function ownedIn(name: string, { addresses = {}, clients = {}, unmanaged = {} }: RawNetwork): Owned[] {
  const path = ['networks', name];
  const of = (kind: Owner['kind'], owner: string, at: Path, written: OneOrMore | undefined): Owned[] =>
    spots([...path, ...at], written).flatMap((spot) => {
      const address = bareHost(spot.text);
      return address === undefined ? [] : [{ ...spot, address, owner: { name: owner, kind } }];
    });
  return [
    ...Object.entries(addresses).flatMap(([node, own]) => of('node', node, ['addresses', node], own)),
    ...Object.entries(clients).flatMap(([client, { address }]) =>
      of('client', client, ['clients', client, 'address'], address),
    ),
    ...Object.entries(unmanaged).flatMap(([peer, { allowedIps }]) =>
      of('unmanaged', peer, ['unmanaged', peer, 'allowedIps'], allowedIps),
    ),
  ];
}

function othersIn(name: string, { clients = {}, unmanaged = {} }: RawNetwork): Spot[] {
  const path = ['networks', name];
  return [
    ...Object.entries(clients).flatMap(([client, { dns, reach }]) => [
      ...spots([...path, 'clients', client, 'dns'], dns),
      ...spots([...path, 'clients', client, 'reach'], reach),
    ]),
    ...Object.entries(unmanaged).flatMap(([peer, { allowedIps }]) =>
      spots([...path, 'unmanaged', peer, 'allowedIps'], allowedIps).filter(
        ({ text }) => bareHost(text) === undefined,
      ),
    ),
  ];
}

function spots(path: Path, written: OneOrMore | undefined): Spot[] {
  if (typeof written === 'string') return [{ path, text: written }];
  return (written ?? []).flatMap((text, i) => (text === null ? [] : [{ path: [...path, i], text }]));
}

const canonical = (text: string): string | undefined => {
  const parsed = parseRange(text);
  return parsed.ok ? parsed.text : undefined;
};

/** The address, with or without the prefix length of a single one. */
function bareHost(text: string): string | undefined {
  const parsed = parseAddress(bareAddress(text));
  if (!parsed.ok) return undefined;
  return !text.includes('/') || canonical(text) === hostRoute(parsed.text) ? parsed.text : undefined;
}
