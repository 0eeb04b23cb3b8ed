import type { Forward, Inventory, Member, Network, Node, Site } from './inventory.js';

/** What the network code looks up by name, built once for each inventory. */
export interface Atlas {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly sites: ReadonlyMap<string, Site>;
  /** UDP forwards by `node:nodePort`, the first if there are several. */
  readonly forwards: ReadonlyMap<string, Forward>;
}

const atlases = new WeakMap<Inventory, Atlas>();

export function atlasOf(inventory: Inventory): Atlas {
  const known = atlases.get(inventory);
  if (known) return known;
  const forwards = new Map<string, Forward>();
  for (const site of inventory.sites) {
    for (const forward of site.forwards) {
      const key = `${forward.node}:${forward.nodePort}`;
      if (forward.protocol === 'udp' && !forwards.has(key)) forwards.set(key, forward);
    }
  }
  const atlas = {
    nodes: new Map(inventory.nodes.map((node) => [node.name, node])),
    sites: new Map(inventory.sites.map((site) => [site.name, site])),
    forwards,
  };
  atlases.set(inventory, atlas);
  return atlas;
}

/**
 * The addresses at which the internet reaches a node: its own, those of its LAN if its site routes them, or its router's. Undefined
 * if there is no such node.
 */
export function outsideAddresses(inventory: Inventory, name: string): readonly string[] | undefined {
  const { nodes, sites } = atlasOf(inventory);
  const node = nodes.get(name);
  if (node === undefined || node.publicAddresses.length > 0) return node?.publicAddresses;
  const site = sites.get(node.site ?? '');
  return site?.nat === false ? node.lanAddresses : (site?.publicAddresses ?? []);
}

const members = new WeakMap<Network, ReadonlyMap<string, Member>>();

/** A network's members by node name. */
export function membersOf(network: Network): ReadonlyMap<string, Member> {
  const known = members.get(network);
  if (known) return known;
  const made = new Map(network.members.map((member) => [member.node, member]));
  members.set(network, made);
  return made;
}

/** The member of that name; throws if the node is not in the network. */
export function memberOf(network: Network, node: string): Member {
  const member = membersOf(network).get(node);
  if (!member) throw new RangeError(`${node} is not a member of ${network.name}`);
  return member;
}

export function isMember(network: Network, node: string): boolean {
  return membersOf(network).has(node);
}

/** The networks that a node is a member of. */
export function networksOf({ networks }: Pick<Inventory, 'networks'>, node: string): readonly Network[] {
  return networks.filter((network) => isMember(network, node));
}
