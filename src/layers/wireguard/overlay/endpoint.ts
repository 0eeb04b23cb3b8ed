import { type Family, familyOf } from '../../../model/address.js';
import { type Atlas, atlasOf } from '../../../model/atlas.js';
import type { Inventory, Network, Node } from '../../../model/inventory.js';
import { nodeOf, outboundFamilies, siteOf } from '../../../model/location.js';
import type { Endpoint } from './types.js';

/**
 * Where `from` (a node's name) sends its packets for `to`; undefined if `from` can't connect to it and has to wait for a
 * connection. Same site: the LAN address. Else the peer's own public address, or its router's if that forwards a UDP port to
 * the network's port. IPv4 if both have it, else IPv6.
 */
export function endpointFor(
  inventory: Inventory,
  network: Network,
  from: string,
  to: string,
): Endpoint | undefined {
  const atlas = atlasOf(inventory);
  const caller = nodeOf(atlas, from);
  const called = nodeOf(atlas, to);
  const lan = lanEndpoints(network, caller, called);
  const onLan = choose(lan, new Set(caller.lanAddresses.map(familyOf)));
  return (
    onLan ?? choose(outerEndpoints(atlas, network, called, caller.site), outboundFamilies(atlas, caller))
  );
}

/**
 * Where a device anywhere on the internet sends its packets for a node; undefined if the node can't be reached. IPv4 if the
 * node has both.
 */
export function publicEndpoint(inventory: Inventory, network: Network, to: string): Endpoint | undefined {
  const atlas = atlasOf(inventory);
  return choose(outerEndpoints(atlas, network, nodeOf(atlas, to)), new Set<Family>([4, 6]));
}

function lanEndpoints({ port }: Network, from: Node, to: Node): Endpoint[] {
  const { site } = to;
  if (site === undefined || from.site !== site) return [];
  return to.lanAddresses.map((address) => ({ address, port, via: 'lan', site }));
}

/** `callerSite`: the sender's site, if any. */
function outerEndpoints(atlas: Atlas, { port }: Network, to: Node, callerSite?: string): Endpoint[] {
  const found: Endpoint[] = to.publicAddresses.map((address) => ({ address, port, via: 'public' }));
  const site = siteOf(atlas, to);
  // Few routers pass packets from their own LAN to their public address back in (hairpin NAT).
  if (!site || callerSite === to.site) return found;
  if (!site.nat) {
    found.push(...to.lanAddresses.map((address): Endpoint => ({ address, port, via: 'public' })));
    return found;
  }
  const forward = atlas.forwards.get(`${to.name}:${port}`);
  if (!forward) return found;
  for (const address of site.publicAddresses) {
    found.push({ address, port: forward.port, via: 'forward', site: site.name });
  }
  return found;
}

function choose(candidates: readonly Endpoint[], families: ReadonlySet<Family>): Endpoint | undefined {
  const usable = candidates.filter(({ address }) => families.has(familyOf(address)));
  return usable.find(({ address }) => familyOf(address) === 4) ?? usable[0];
}
