import { fourFirst, hostRoute } from '../../../model/address.js';
import { atlasOf, isMember, membersOf } from '../../../model/atlas.js';
import type { Inventory, Node, Opening } from '../../../model/inventory.js';
import { TAILNET_ARRIVAL } from '../../tailscale/arrival.js';
import { membershipOf } from '../../tailscale/inventory/members.js';
import { sshPortOf } from './ssh-port.js';
import type { Allowed, FirewallRule, Source } from './types.js';

/** What the rules let in, and on a closed node whose rules don't mention SSH, the port of sshd. */
export function firewallOpenings(inventory: Inventory): Opening[] {
  return inventory.closed.flatMap((name) => {
    const node = atlasOf(inventory).nodes.get(name);
    if (node === undefined) return [];
    const ruled = inventory.firewall.flatMap((rule, i) =>
      ruleOpenings(inventory, node, rule, `firewall[${i}]`),
    );
    const hasSsh = inventory.firewall.some(
      ({ nodes, allow }) => nodes.includes(name) && allow.some(({ port }) => port === 'ssh'),
    );
    if (hasSsh) return ruled;
    return [{ ...portOf(inventory, node, 'ssh'), sources: 'anyone', because: 'login over SSH' }, ...ruled];
  });
}

function ruleOpenings(
  inventory: Inventory,
  node: Node,
  { nodes, allow }: FirewallRule,
  because: string,
): Opening[] {
  if (!nodes.includes(node.name)) return [];
  return allow.flatMap(({ port, from }): Opening[] => {
    const base = { ...portOf(inventory, node, port), because };
    if (from === 'anyone') return [{ ...base, sources: from }];
    const ways = from.map((source) => wayOf(inventory, node, source));
    const open = ways.filter((way) => way.interface === undefined).flatMap(({ sources }) => sources);
    return [
      ...(open.length > 0 ? [{ ...base, sources: fourFirst([...new Set(open)]) }] : []),
      ...ways
        .filter((way) => way.interface !== undefined && way.sources.length > 0)
        .map((way) => ({ ...base, ...way })),
    ];
  });
}

function portOf(
  inventory: Inventory,
  node: Node,
  port: Allowed['port'],
): Pick<Opening, 'node' | 'protocol' | 'port' | 'toPort' | 'isSsh'> {
  const { name } = node;
  if (port !== 'ssh') return { node: name, ...port };
  return { node: name, protocol: 'tcp', port: sshPortOf(inventory, node), isSsh: true };
}

interface Way {
  readonly sources: readonly string[];
  readonly interface?: string;
}

/** Where packets of a source come from when they arrive at a node. */
export function wayOf(inventory: Inventory, node: Node, source: Source): Way {
  const { nodes, sites } = atlasOf(inventory);
  switch (source.kind) {
    case 'range':
      return { sources: [source.range] };
    case 'lan':
      return { sources: sites.get(node.site ?? '')?.subnets ?? [] };
    case 'site': {
      const site = sites.get(source.name);
      const outside = node.site !== source.name && site?.nat ? site.publicAddresses.map(hostRoute) : [];
      return { sources: [...(site?.subnets ?? []), ...outside] };
    }
    case 'node': {
      const other = nodes.get(source.name);
      return { sources: other === undefined ? [] : addressesOf(inventory, node, other).map(hostRoute) };
    }
    case 'network': {
      if (membershipOf(inventory, node.name)?.tailnet.name === source.name) return TAILNET_ARRIVAL;
      const network = inventory.networks.find(({ name }) => name === source.name);
      if (network === undefined || !isMember(network, node.name)) return { sources: [] };
      const lans = network.advertises
        .filter((one) => one.node !== node.name)
        .flatMap(({ subnets }) => subnets);
      return { sources: fourFirst([...network.ranges, ...lans]), interface: network.interface };
    }
  }
}

/** The addresses that a node's packets may have when they arrive at another one. */
function addressesOf(inventory: Inventory, at: Node, { name, site, ...from }: Node): string[] {
  const overlay = inventory.networks
    .filter((network) => isMember(network, at.name))
    .flatMap((network) => membersOf(network).get(name)?.addresses ?? []);
  const home = atlasOf(inventory).sites.get(site ?? '');
  const behind = home?.nat && at.site !== site ? home.publicAddresses : from.lanAddresses;
  return fourFirst([...new Set([...from.publicAddresses, ...behind, ...overlay])]);
}
