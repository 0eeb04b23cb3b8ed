import { familyOf } from '../../../../model/address.js';
import { atlasOf, membersOf, networksOf } from '../../../../model/atlas.js';
import type { Forward, Inventory, Node } from '../../../../model/inventory.js';
import { hasFamilyOf, sameSite } from '../../../../model/location.js';
import type { Facts } from '../../../step.js';
import { TAILNET_LINK } from '../../../tailscale/daemon/paths.js';
import { tailnetAddresses } from '../../../tailscale/facts.js';
import { membershipOf } from '../../../tailscale/inventory/members.js';

type Seen = Pick<Facts, 'get'>;

/** One address at which a node may reach another. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly via: 'LAN' | 'internet' | 'forward' | 'overlay';
  readonly address: string;
  /** The only port of the address that leads to the node. */
  readonly forward?: Forward;
  /** What the packets' source is when they arrive, if the inventory says so. */
  readonly source?: string;
  /** The interface that they arrive on, if the inventory says so. */
  readonly device?: string;
}

/**
 * Every way between two nodes: the LAN, public addresses, forwards of the router and the overlays, in each family. A tailnet is one once
 * both were seen there.
 */
export function waysBetween(inventory: Inventory, from: string, to: string, facts: Seen): readonly Way[] {
  const { nodes } = atlasOf(inventory);
  const [sender, target] = [nodes.get(from), nodes.get(to)];
  if (sender === undefined || target === undefined || from === to) return [];
  return [
    ...lanWays(sender, target),
    ...internetWays(inventory, sender, target),
    ...overlayWays(inventory, sender, target),
    ...tailnetWays(inventory, sender, target, facts),
  ];
}

const like = (address: string, addresses: readonly string[]): string | undefined =>
  addresses.find((own) => familyOf(own) === familyOf(address));

const known = (source: string | undefined) => (source === undefined ? {} : { source });

function lanWays(sender: Node, target: Node): readonly Way[] {
  if (target.site === undefined || sender.site !== target.site) return [];
  return target.lanAddresses.flatMap((address): Way[] => {
    const source = like(address, sender.lanAddresses);
    return source === undefined ? [] : [{ from: sender.name, to: target.name, via: 'LAN', address, source }];
  });
}

function internetWays(inventory: Inventory, sender: Node, target: Node): readonly Way[] {
  const { sites } = atlasOf(inventory);
  const [home, own] = [sites.get(sender.site ?? ''), sites.get(target.site ?? '')];
  const base = { from: sender.name, to: target.name };
  const source = (address: string) =>
    known(
      like(address, sender.publicAddresses) ?? (home?.nat ? like(address, home.publicAddresses) : undefined),
    );
  const ways = target.publicAddresses.map(
    (address): Way => ({ ...base, via: 'internet', address, ...source(address) }),
  );
  // Few routers pass packets from their own LAN to their public address back in.
  if (own !== undefined && !sameSite(inventory, sender.name, target.name)) {
    const routed = own.nat ? [] : target.lanAddresses;
    ways.push(...routed.map((address): Way => ({ ...base, via: 'internet', address, ...source(address) })));
    for (const address of own.publicAddresses) {
      for (const forward of own.forwards.filter(({ node }) => node === target.name))
        ways.push({ ...base, via: 'forward', address, forward, ...source(address) });
    }
  }
  return ways.filter(({ address }) => hasFamilyOf(inventory, sender.name, [address]));
}

function overlayWays(inventory: Inventory, sender: Node, target: Node): readonly Way[] {
  return networksOf(inventory, target.name).flatMap((network) => {
    const own = membersOf(network).get(sender.name)?.addresses ?? [];
    const theirs = membersOf(network).get(target.name)?.addresses ?? [];
    return theirs.flatMap((address): Way[] => {
      const source = like(address, own);
      if (source === undefined) return [];
      const device = network.interface;
      return [{ from: sender.name, to: target.name, via: 'overlay', address, source, device }];
    });
  });
}

function tailnetWays(inventory: Inventory, sender: Node, target: Node, facts: Seen): readonly Way[] {
  const [own, theirs] = [sender, target].map(({ name }) => membershipOf(inventory, name)?.tailnet);
  if (own === undefined || own !== theirs) return [];
  const sources = tailnetAddresses(facts, sender.name);
  return tailnetAddresses(facts, target.name).flatMap((address): Way[] => {
    const source = like(address, sources);
    if (source === undefined) return [];
    return [{ from: sender.name, to: target.name, via: 'overlay', address, source, device: TAILNET_LINK }];
  });
}

/** `203.0.113.5`, `203.0.113.8 (the router's forward)`, `172.27.15.12 over wg0` */
export function wayWords({ via, address, device }: Way): string {
  if (via === 'overlay') return `${address} over ${device}`;
  return via === 'forward' ? `${address}, which its router forwards` : address;
}
