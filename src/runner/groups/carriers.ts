import { isIP } from 'node:net';
import { bareAddress, inRange } from '../../model/address.js';
import { atlasOf, isMember, membersOf } from '../../model/atlas.js';
import type { Inventory, Network, Node } from '../../model/inventory.js';
import { isOwnLan } from '../../model/shape.js';
import type { Way, WayStop } from '../../remote/transport.js';
import type { FormerNetwork } from '../plan/observations.js';

/** By a node's name, the nodes through which it is reached: jump hosts, and what carries packets into an overlay or a LAN. */
export type Carriers = ReadonlyMap<string, ReadonlySet<string>>;

export interface Ways {
  readonly inventory: Inventory;
  /** By node name; nodes that are missing are connected to as their `jump:` says. */
  readonly ways: ReadonlyMap<string, Way>;
  /** Bare addresses that a node was seen to have in a network: its range may be about to change. */
  readonly seen: (node: string, network: string) => readonly string[];
  /** What the nodes still have of networks that the inventory takes from them. */
  readonly former: readonly FormerNetwork[];
}

const DEFAULT_PORT = 22;

/**
 * Who carries whom, of all nodes of the inventory. In doubt about what passes an overlay's packets on, every member that
 * may do so is taken.
 */
export function carriersOf(known: Ways): Carriers {
  const { inventory } = known;
  const found = new Map<string, Node | undefined>();
  const nodeAt = (stop: WayStop): Node | undefined => {
    const key = JSON.stringify([stop.name, stop.host, stop.port]);
    if (!found.has(key)) found.set(key, identify(known, stop));
    return found.get(key);
  };
  return new Map(
    inventory.nodes.map((node) => {
      const { stops, here } = known.ways.get(node.name) ?? declaredWay(inventory, node);
      const through = new Set<string>();
      stops.forEach((stop, index) => {
        const last = index === stops.length - 1;
        const at = last ? node : nodeAt(stop);
        const before = stops[index - 1];
        const from = before === undefined ? undefined : nodeAt(before)?.name;
        if (at !== undefined) through.add(at.name);
        const isFirst = before === undefined;
        const leg = { host: stop.host, to: at?.name, from, here: isFirst ? here : [], isFirst };
        for (const name of carriersOnLeg(known, leg)) through.add(name);
      });
      through.delete(node.name);
      return [node.name, through] as const;
    }),
  );
}

/** What the inventory alone says of jump hosts. */
function declaredWay({ nodes }: Inventory, node: Node): Way {
  const stops: WayStop[] = [];
  for (let at: Node | undefined = node; at !== undefined && stops.length <= nodes.length; ) {
    const { host, port = DEFAULT_PORT, jump }: Node['ssh'] = at.ssh;
    stops.unshift({ name: at.name, host, port });
    at = nodes.find(({ name }) => name === jump);
  }
  return { stops, here: [] };
}

/** The node at which a stop is, by its name or by where it is connected to. */
function identify({ inventory, ways, seen }: Ways, { name, host, port }: WayStop): Node | undefined {
  const { nodes, networks, sites } = inventory;
  const named = nodes.find((node) => node.name === name);
  if (named !== undefined) return named;
  const forwarding = sites.find(({ publicAddresses }) => publicAddresses.includes(host));
  const forward = forwarding?.forwards.find((one) => one.protocol === 'tcp' && one.port === port);
  return nodes.find((node) => {
    const own = ways.get(node.name)?.stops.at(-1) ?? { host: node.ssh.host, port: node.ssh.port };
    const isDialledSo = own.host === host && (own.port ?? DEFAULT_PORT) === port;
    const overlay = networks.flatMap((network) => addressesIn(network, node.name, seen));
    const has = [...node.publicAddresses, ...node.lanAddresses, ...overlay].includes(host);
    return isDialledSo || has || forward?.node === node.name;
  });
}

function addressesIn(network: Network, node: string, seen: Ways['seen']): readonly string[] {
  return [...(membersOf(network).get(node)?.addresses ?? []), ...seen(node, network.name)];
}

interface Leg {
  /** What is connected to. */
  readonly host: string;
  readonly to: string | undefined;
  /** The node from which it is connected to; none: this machine, or a jump host that isn't a node. */
  readonly from: string | undefined;
  /** CIDRs of this machine, if it is the one that connects. */
  readonly here: readonly string[];
  /** Whether this machine connects: it has looked a name up already, if that can be done. */
  readonly isFirst: boolean;
}

const within = (cidr: string, host: string): boolean => inRange(host, cidr);

function carriersOnLeg(known: Ways, leg: Leg): string[] {
  if (leg.host.includes('%')) return [];
  if (isIP(leg.host) !== 0) return carriersTo(known, leg);
  return leg.isFirst ? [] : carriersToName(known, leg);
}

/** A name that another machine looks up may be any of the node's addresses that can be reached from there. */
function carriersToName(known: Ways, leg: Leg): string[] {
  const { to, from } = leg;
  const { inventory, seen, former } = known;
  const node = atlasOf(inventory).nodes.get(to ?? '');
  if (node === undefined) return [];
  const meetIn = (has: (name: string) => boolean): boolean =>
    has(node.name) && (from === undefined || has(from));
  const before = former
    .filter(({ members }) => meetIn((name) => members.has(name)))
    .flatMap(({ members }) => [...members].filter((name) => name !== to));
  const overlays = inventory.networks
    .filter((network) => meetIn((name) => addressesIn(network, name, seen).length > 0))
    .flatMap((network) => endsAndMiddle(known, network, leg));
  return [
    ...before,
    ...overlays,
    ...node.lanAddresses.flatMap((host) => carriersTo(known, { ...leg, host })),
  ];
}

function carriersTo(known: Ways, leg: Leg): string[] {
  const { host, to, here } = leg;
  const before = known.former
    .filter(({ addresses }) => addresses.has(host))
    .flatMap(({ members }) => [...members].filter((name) => name !== to));
  const now = known.inventory.networks.flatMap((network) => {
    const own = to === undefined ? [] : addressesIn(network, to, known.seen);
    if (own.includes(host) || network.ranges.some((range) => within(range, host))) {
      return inOverlay(known, network, leg);
    }
    const gateways = network.advertises.filter(
      ({ node, subnets }) =>
        node !== to && subnets.some((subnet) => within(subnet, host) && !isAt(known, leg, subnet)),
    );
    if (gateways.length === 0 || here.some((cidr) => within(cidr, host))) return [];
    return gateways.flatMap(({ node }) => [node, ...inOverlay(known, network, { ...leg, to: node })]);
  });
  return [...before, ...now];
}

const isAt = ({ inventory }: Ways, { from }: Leg, subnet: string): boolean =>
  from !== undefined && isOwnLan(inventory, from, subnet);

/** What lies between two ends of an overlay; if the near end is not known, whatever may be it. */
function inOverlay(known: Ways, network: Network, leg: Leg): string[] {
  const between = endsAndMiddle(known, network, leg);
  if (between.length > 0) return between;
  return network.members.map(({ node }) => node).filter((node) => node !== leg.to);
}

/** The near end of a leg through an overlay, as far as it is known, and what passes packets on in its middle. */
function endsAndMiddle(known: Ways, network: Network, { from, here }: Leg): string[] {
  const near = from !== undefined && isMember(network, from) ? [from] : selves(known, network, here);
  return [...near, ...network.hubs, ...(network.relay === undefined ? [] : [network.relay])];
}

/** Members of a network that are this very machine. */
function selves({ inventory, seen }: Ways, network: Network, here: readonly string[]): string[] {
  const own = new Set(here.map((cidr) => bareAddress(cidr)));
  return inventory.nodes
    .filter((node) => isMember(network, node.name))
    .filter(({ name, publicAddresses, lanAddresses }) =>
      [...publicAddresses, ...lanAddresses, ...addressesIn(network, name, seen)].some((one) => own.has(one)),
    )
    .map(({ name }) => name);
}
