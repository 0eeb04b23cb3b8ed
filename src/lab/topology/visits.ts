import { mayReach, reachOf } from '../../layers/wireguard/overlay/reach.js';
import { familyOf, inRange } from '../../model/address.js';
import { atlasOf, isMember } from '../../model/atlas.js';
import type { Client, Inventory, Network, Node } from '../../model/inventory.js';
import { hubOf } from '../../model/shape.js';
import type { LabPlan } from '../types.js';
import { PAGE_PORT, servesPage } from './page.js';

/** One page that a client asks for, and what must come of it. */
export interface Visit {
  readonly client: string;
  readonly network: string;
  readonly url: string;
  /** Whose page it is: a node, or `the internet`. */
  readonly of: string;
  /** Nodes that the packets pass, the hub first. Empty: they leave outside the tunnel. */
  readonly through: readonly string[];
  /** The address that the page must say the client came from; none: what the client may reach leaves this out, and nothing must come. */
  readonly from?: string;
}

/** What the clients of a network are to fetch: pages in the overlay, on advertised LANs, and on the internet. */
export function planVisits(
  inventory: Inventory,
  network: Network,
  plan: Pick<LabPlan, 'clients' | 'web'>,
): Visit[] {
  return network.clients.flatMap((client) => {
    const hub = hubOf(network, client.name);
    if (hub === undefined) return [];
    const journey: Journey = { inventory, network, client, hub };
    return [...overlayVisits(journey), ...lanVisits(journey), ...webVisits(journey, plan)];
  });
}

const PAGE = { protocol: 'tcp', port: PAGE_PORT } as const;

interface Journey {
  readonly inventory: Inventory;
  readonly network: Network;
  readonly client: Client;
  readonly hub: string;
}

/** Members in a LAN, at their overlay addresses. */
function overlayVisits(journey: Journey): Visit[] {
  const { inventory, network, client, hub } = journey;
  return network.members.flatMap(({ node, addresses }) => {
    const found = atlasOf(inventory).nodes.get(node);
    if (found === undefined || !servesPage(inventory, found)) return [];
    const theirs = hubOf(network, node);
    const through = theirs === undefined || theirs === hub ? [hub] : [hub, theirs];
    return addresses.flatMap((address) => {
      const own = ofFamily(client.addresses, address);
      return own === undefined ? [] : [visit(journey, { of: node, address, through, from: own })];
    });
  });
}

/** Machines that run no WireGuard, at addresses that a gateway advertises. */
function lanVisits(journey: Journey): Visit[] {
  const { inventory, network, client, hub } = journey;
  const strangers = inventory.nodes.filter(
    (node) => servesPage(inventory, node) && !isMember(network, node.name),
  );
  return strangers.flatMap((node) =>
    node.lanAddresses.flatMap((address) => {
      const gateway = network.advertises.find(({ subnets }) =>
        subnets.some((range) => inRange(address, range)),
      );
      const own = ofFamily(client.addresses, address);
      if (gateway === undefined || own === undefined) return [];
      const mask = neighbourOf(inventory, gateway.node, address);
      const from = gateway.nat === 'masquerade' ? (mask ?? own) : own;
      const through = [...new Set([hub, hubOf(network, gateway.node) ?? hub, gateway.node])];
      return [visit(journey, { of: node.name, address, through, from })];
    }),
  );
}

/** The internet: through the hub and behind its address with a full tunnel, else outside the tunnel. */
function webVisits(journey: Journey, plan: Pick<LabPlan, 'clients' | 'web'>): Visit[] {
  const { inventory, network, client, hub } = journey;
  const outside = plan.clients.find(({ name }) => name === client.name)?.outside ?? [];
  const base = { client: client.name, network: network.name, of: 'the internet' };
  return plan.web.map((address) => {
    const url = `http://${host(address)}`;
    if (client.tunnel === 'split') {
      const from = ofFamily(outside, address);
      return { ...base, url, through: [], ...(from !== undefined && { from }) };
    }
    const inside = ofFamily(client.addresses, address);
    const may = reachOf(inventory, network, client.name).internet && inside !== undefined;
    const from = may ? ofFamily(publicAddressesOf(inventory, hub), address) : undefined;
    return { ...base, url, through: [hub], ...(from !== undefined && { from }) };
  });
}

function visit(
  { inventory, network, client }: Journey,
  { of, address, through, from }: { of: string; address: string; through: readonly string[]; from: string },
): Visit {
  const allowed = mayReach(reachOf(inventory, network, client.name), address, PAGE);
  const url = `http://${host(address)}:${PAGE_PORT}`;
  return { client: client.name, network: network.name, url, of, through, ...(allowed && { from }) };
}

/** A gateway's address in the same subnet as another address, else one of its family. */
function neighbourOf(inventory: Inventory, gateway: string, address: string): string | undefined {
  const own = find(inventory, gateway)?.lanAddresses ?? [];
  const subnets = inventory.sites.flatMap((site) => site.subnets).filter((range) => inRange(address, range));
  return own.find((one) => subnets.some((range) => inRange(one, range))) ?? ofFamily(own, address);
}

function publicAddressesOf(inventory: Inventory, name: string): readonly string[] {
  const node = find(inventory, name);
  const site = inventory.sites.find((candidate) => candidate.name === node?.site);
  return [...(node?.publicAddresses ?? []), ...(site?.publicAddresses ?? [])];
}

function find(inventory: Inventory, name: string): Node | undefined {
  return atlasOf(inventory).nodes.get(name);
}

function ofFamily(addresses: readonly string[], like: string): string | undefined {
  return addresses.find((address) => familyOf(address) === familyOf(like));
}

function host(address: string): string {
  return familyOf(address) === 6 ? `[${address}]` : address;
}
