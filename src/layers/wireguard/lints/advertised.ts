import { contains, familyOf, overlaps, spanOf } from '../../../model/address.js';
import { atlasOf, membersOf } from '../../../model/atlas.js';
import type { Inventory, Network, Node } from '../../../model/inventory.js';
import { sameSite } from '../../../model/location.js';
import { parseAddress } from '../../../model/parse-address.js';
import { isOwnLan } from '../../../model/shape.js';
import type { Lint } from '../../lint.js';

interface Subnet {
  readonly network: Network;
  readonly gateway: string;
  readonly subnet: string;
}

/** Advertised subnets that two gateways have, that would cut a node off, or that packets couldn't return from. */
export function lintAdvertised(inventory: Inventory): Lint[] {
  const all = inventory.networks.flatMap((network) =>
    network.advertises.flatMap(({ node: gateway, subnets }) =>
      subnets.map((subnet): Subnet => ({ network, gateway, subnet })),
    ),
  );
  return all.flatMap((one, i) => {
    if (one.subnet.endsWith('/0')) return [everything(one)];
    return [
      ...taken(one, all.slice(0, i)),
      ...familyMissing(one),
      ...cutOff(inventory, one),
      ...nearer(inventory, one),
    ];
  });
}

const finding = ({ network, gateway, subnet }: Subnet) => ({
  severity: 'error' as const,
  path: ['networks', network.name, 'advertise', gateway, 'subnets'],
  value: subnet,
});

function everything(one: Subnet): Lint {
  const message = `${one.subnet} is not a LAN but everything`;
  const fix = `advertise LANs; for the internet set networks.${one.network.name}.internet: true, and tunnel: full for clients`;
  return { ...finding(one), message, fix };
}

function taken(one: Subnet, others: readonly Subnet[]): Lint[] {
  const span = spanOf(one.subnet);
  const first = others.find(
    ({ network, subnet }) => network === one.network && overlaps(span, spanOf(subnet)),
  );
  if (!first) return [];
  const same = first.subnet === one.subnet;
  const message = same
    ? `${one.subnet} is already advertised by ${first.gateway}`
    : `${one.subnet} overlaps ${first.subnet}, which ${first.gateway} advertises`;
  const fix = first.gateway === one.gateway ? 'keep one of them' : 'choose one node as the gateway';
  return [{ ...finding(one), message, fix }];
}

/** Without an address of the subnet's family, the gateway can't receive such packets, or no member can send them. */
function familyMissing(one: Subnet): Lint[] {
  const family = familyOf(one.subnet);
  const { name, ranges } = one.network;
  const own = membersOf(one.network).get(one.gateway)?.addresses ?? [];
  const has = (list: readonly string[]) =>
    list.length === 0 || list.some((each) => familyOf(each) === family);
  if (!has(ranges)) {
    const message = `${one.subnet} is IPv${family}, and the network has no IPv${family} range`;
    const fix = `add one to networks.${name}.range, with addresses, or remove it`;
    return [{ ...finding(one), message, fix, needs: ['networks', name, 'range'] }];
  }
  if (has(own)) return [];
  const message = `${one.subnet} is IPv${family}, and ${one.gateway} has no IPv${family} address in the network`;
  const fix = `give it one in networks.${name}.addresses.${one.gateway}, or remove the subnet`;
  return [{ ...finding(one), message, fix, needs: ['networks', name, 'addresses'] }];
}

/** The route into the tunnel would capture the SSH packets to a node. */
function cutOff(inventory: Inventory, one: Subnet): Lint[] {
  const span = spanOf(one.subnet);
  return inventory.nodes
    .filter((node) => node.name !== one.gateway && !isSafe(inventory, one, node.name))
    .flatMap((node) =>
      managedAt(node)
        .filter((address) => contains(span, address))
        .slice(0, 1)
        .map((address) => ({
          ...finding(one),
          message: `${one.subnet} contains ${address}, the SSH address of ${node.name}: its packets would go into the tunnel`,
          fix: sameSite(inventory, node.name, one.gateway)
            ? 'narrow the subnet'
            : `narrow the subnet, or set nodes.${node.name}.site if it is behind ${one.gateway}`,
        })),
    );
}

/** Behind the same gateway, and either without the route or with the subnet as its own LAN. */
function isSafe(inventory: Inventory, { network, gateway, subnet }: Subnet, node: string): boolean {
  if (!sameSite(inventory, node, gateway)) return false;
  return !membersOf(network).has(node) || isOwnLan(inventory, node, subnet);
}

/** A public address of its own is reported as such. */
function managedAt({ ssh, publicAddresses }: Node): string[] {
  const parsed = parseAddress(ssh.host);
  return parsed.ok && !publicAddresses.includes(parsed.text) ? [parsed.text] : [];
}

/** A forwarding member in the LAN itself would send packets there past the gateway, and the answers would be lost. */
function nearer(inventory: Inventory, one: Subnet): Lint[] {
  const { hubs, relay } = one.network;
  const { nodes } = atlasOf(inventory);
  return [...hubs, ...(relay === undefined ? [] : [relay])]
    .filter((name) => name !== one.gateway && isOwnLan(inventory, name, one.subnet))
    .map((name) => ({
      ...finding(one),
      message: `${one.subnet} is the LAN of ${name} itself, in site ${nodes.get(name)?.site}: its packets would bypass ${one.gateway}`,
      fix: `advertise it from ${name}`,
    }));
}
