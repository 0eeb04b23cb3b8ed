import { bareAddress, familyOf, hostRoute, inRange, isAddress } from '../../../model/address.js';
import type { Tunnel, TunnelPeer } from '../found.js';

/** A participant of a network, as all configurations together show it. */
export interface Party {
  name?: string | undefined;
  /** Its own configuration, if that was imported. */
  tunnel?: Tunnel;
  readonly addresses: Set<string>;
  /** What others connect to. */
  readonly endpoints: { readonly host: string; readonly port: number }[];
  publicKey?: string;
  /** Ranges behind it. */
  readonly subnets: Set<string>;
  /** Those that list it as a peer. */
  readonly listedBy: Set<Party>;
  /** Whether another sends it packets for the complete network. */
  isHub: boolean;
  /** Whether another sends it packets for some of the others. */
  isRelay: boolean;
}

/** Groups of configurations that have each other's addresses as peers. */
export function groupTunnels(tunnels: readonly Tunnel[]): Tunnel[][] {
  const groups: Tunnel[][] = [];
  for (const tunnel of tunnels) {
    const near = groups.filter((group) =>
      group.some((one) => isPeerOf(one, tunnel) || isPeerOf(tunnel, one)),
    );
    for (const group of near) groups.splice(groups.indexOf(group), 1);
    groups.push([...near.flat(), tunnel]);
  }
  return groups.map((group) => tunnels.filter((tunnel) => group.includes(tunnel)));
}

const isPeerOf = (one: Tunnel, other: Tunnel): boolean =>
  one.peers.some(({ allowedIps }) =>
    other.addresses.some((address) => allowedIps.includes(hostRoute(bareAddress(address)))),
  );

/** The parties of a group of configurations, those with a configuration first. */
export function partiesOf(group: readonly Tunnel[], ranges: readonly string[]): Party[] {
  const parties = group.map((tunnel) => newParty(tunnel.owner, tunnel));
  // First the peers with their own addresses: they have the keys of those that others only send everything to.
  const all = parties.flatMap((from) => (from.tunnel?.peers ?? []).map((peer) => ({ from, peer })));
  const [known, rest] = [
    all.filter(({ peer }) => ownAddresses(peer).length > 0),
    all.filter(({ peer }) => ownAddresses(peer).length === 0),
  ];
  for (const { from, peer } of [...known, ...rest]) {
    let party = findParty(parties, from, peer);
    if (party === undefined) {
      party = newParty(peer.name);
      parties.push(party);
    }
    addPeer(party, from, peer, ranges);
  }
  return parties;
}

function newParty(name: string | undefined, tunnel?: Tunnel): Party {
  return {
    name,
    ...(tunnel && { tunnel }),
    addresses: new Set(tunnel?.addresses.map(bareAddress)),
    endpoints: [],
    subnets: new Set(),
    listedBy: new Set(),
    isHub: false,
    isRelay: false,
  };
}

function findParty(parties: readonly Party[], from: Party, peer: TunnelPeer): Party | undefined {
  const addresses = ownAddresses(peer);
  return (
    parties.find((party) => party !== from && addresses.some((address) => party.addresses.has(address))) ??
    parties.find((party) => peer.publicKey !== undefined && party.publicKey === peer.publicKey) ??
    (addresses.length === 0 ? parties.find((party) => party.tunnel && from.listedBy.has(party)) : undefined)
  );
}

function addPeer(party: Party, from: Party, peer: TunnelPeer, ranges: readonly string[]): void {
  const own = ownAddresses(peer);
  party.name ??= peer.name;
  if (peer.publicKey !== undefined) party.publicKey ??= peer.publicKey;
  party.listedBy.add(from);
  for (const address of own) party.addresses.add(address);
  if (peer.allowedIps.filter(isHost).length > own.length) party.isRelay = true;
  if (peer.endpoint) party.endpoints.push(peer.endpoint);
  for (const range of peer.allowedIps.filter((one) => !isHost(one))) {
    const isEverything = range.endsWith('/0');
    const isOverlay = ranges.some(
      (one) => inRange(bareAddress(one), range) || inRange(bareAddress(range), one),
    );
    if (isEverything || isOverlay) party.isHub = true;
    else if (own.length > 0) party.subnets.add(range);
  }
}

/** A peer's own addresses: the first single address of each family. The rest belong to machines behind it. */
function ownAddresses({ allowedIps }: TunnelPeer): string[] {
  const single = allowedIps.filter(isHost).map(bareAddress);
  return [4, 6].flatMap((family) => single.find((one) => familyOf(one) === family) ?? []);
}

const isHost = (range: string): boolean =>
  isAddress(bareAddress(range)) && range === hostRoute(bareAddress(range));
