import { isIP } from 'node:net';
import { contains, hostRoute, inRange, spanOf } from '../../../model/address.js';
import type { Inventory, Network, Node } from '../../../model/inventory.js';

/** A peer that is about to be removed from a node's interface. */
export interface Removal {
  readonly inventory: Inventory;
  readonly network: Network;
  /** The node that it is removed from. */
  readonly node: Node;
  /** Its former name; undefined if none is known. */
  readonly peer: string | undefined;
  /** CIDR, of the running interface. */
  readonly allowedIps: readonly string[];
}

/** A node and the nodes that are its jump hosts; undefined if a jump host is none of the inventory. */
function stopsOf({ nodes }: Inventory, node: Node): readonly Node[] | undefined {
  const stops = [node];
  for (let jump = node.ssh.jump; jump !== undefined; ) {
    const next = nodes.find(({ name }) => name === jump);
    if (next === undefined || stops.includes(next)) return undefined;
    stops.push(next);
    jump = next.ssh.jump;
  }
  return stops;
}

/** Whether a node is connected to at an address that no packet in the tunnel with the peer belongs to. */
function isBeside({ inventory, network, peer, allowedIps }: Removal, { ssh, ...at }: Node): boolean {
  const site = inventory.sites.find(({ name }) => name === at.site);
  if ([...at.publicAddresses, ...(site?.publicAddresses ?? [])].includes(ssh.host)) {
    const mayBeClient = !inventory.nodes.some(({ name }) => name === peer);
    return !(mayBeClient && network.hubs.includes(at.name));
  }
  const single = allowedIps.every((range) => range === hostRoute(range.replace(/\/\d+$/, '')));
  return at.lanAddresses.includes(ssh.host) && single && network.advertises.length === 0;
}

/** What the end of a peer's tunnel means for SSH to this and to other nodes; it follows `ends the tunnel with pc2`. */
export function sshOver(removal: Removal): string {
  const { inventory, node, allowedIps } = removal;
  const spans = allowedIps.map(spanOf);
  const behind = inventory.nodes.filter(
    ({ name, ssh }) =>
      name !== node.name && isIP(ssh.host) !== 0 && spans.some((span) => contains(span, ssh.host)),
  );
  if (behind.length > 0) {
    return `and any SSH session to ${behind.map(({ name, ssh }) => `${name} at ${ssh.host}`).join(', ')}`;
  }
  const isOverlay = (host: string): boolean =>
    isIP(host) !== 0 && inventory.networks.some(({ ranges }) => ranges.some((range) => inRange(host, range)));
  if (isOverlay(node.ssh.host)) return `and any SSH session to ${node.name} at ${node.ssh.host}`;
  const isUntouched = stopsOf(inventory, node)?.every((stop) => isBeside(removal, stop)) ?? false;
  return isUntouched ? 'without touching SSH' : 'and any SSH session inside it';
}
