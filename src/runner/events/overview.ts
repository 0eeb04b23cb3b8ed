import type { Advertised, Inventory, Member, Network, Node, Site } from '../../model/inventory.js';

/** What a drawing of the network shows, without the keys, the logins and whatever else an inventory has. */
export interface Overview {
  readonly sites: readonly Pick<Site, 'name' | 'subnets' | 'publicAddresses' | 'nat' | 'forwards'>[];
  readonly nodes: readonly OverviewNode[];
  readonly networks: readonly OverviewNetwork[];
}

export interface OverviewNode extends Pick<Node, 'name' | 'role' | 'site'> {
  /** Public ones, then those on its LAN. */
  readonly addresses: readonly string[];
}

export interface OverviewNetwork extends Pick<Network, 'name' | 'shape' | 'hubs' | 'hubOf' | 'relay'> {
  readonly members: readonly Member[];
  readonly gateways: readonly Advertised[];
  readonly clients: readonly { readonly name: string; readonly addresses: readonly string[] }[];
}

/** Grows with the number of nodes, not of pairs. */
export function overviewOf({ sites, nodes, networks }: Inventory): Overview {
  return {
    sites: sites.map(({ name, subnets, publicAddresses, nat, forwards }) => ({
      name,
      subnets,
      publicAddresses,
      nat,
      forwards,
    })),
    nodes: nodes.map(({ name, role, site, publicAddresses, lanAddresses }) => ({
      name,
      ...(role === undefined ? {} : { role }),
      ...(site === undefined ? {} : { site }),
      addresses: [...publicAddresses, ...lanAddresses],
    })),
    networks: networks.map(({ name, shape, hubs, hubOf, relay, members, advertises, clients }) => ({
      name,
      shape,
      hubs,
      hubOf,
      ...(relay === undefined ? {} : { relay }),
      members,
      gateways: advertises,
      clients: clients.map(({ name, addresses }) => ({ name, addresses })),
    })),
  };
}
