import { type Family, familyOf } from './address.js';
import { type Atlas, atlasOf } from './atlas.js';
import type { Inventory, Node } from './inventory.js';

/** Whether the node can only be reached from elsewhere through a forward: no public address, and no routed LAN. */
export function isHidden(inventory: Inventory, name: string): boolean {
  const atlas = atlasOf(inventory);
  const node = nodeOf(atlas, name);
  return node.publicAddresses.length === 0 && siteOf(atlas, node)?.nat !== false;
}

export function sameSite(inventory: Inventory, a: string, b: string): boolean {
  const atlas = atlasOf(inventory);
  const site = nodeOf(atlas, a).site;
  return site !== undefined && site === nodeOf(atlas, b).site;
}

/** Whether a node's packets can reach one of the addresses, judged by the family only. */
export function hasFamilyOf(inventory: Inventory, from: string, addresses: readonly string[]): boolean {
  const atlas = atlasOf(inventory);
  const families = outboundFamilies(atlas, nodeOf(atlas, from));
  return addresses.some((address) => families.has(familyOf(address)));
}

/** The families in which a node's packets reach the internet. */
export function outboundFamilies(atlas: Atlas, node: Node): ReadonlySet<Family> {
  const site = siteOf(atlas, node);
  const addresses = [...node.publicAddresses];
  if (site) {
    // Behind a provider's NAT the router's addresses are unknown; the LAN's families are used instead.
    const behindRouter = site.nat && site.publicAddresses.length > 0;
    addresses.push(...(behindRouter ? site.publicAddresses : node.lanAddresses));
  }
  return new Set<Family>(addresses.length > 0 ? addresses.map(familyOf) : [4, 6]);
}

export function nodeOf(atlas: Atlas, name: string): Node {
  const node = atlas.nodes.get(name);
  if (!node) throw new RangeError(`${name} is not in the inventory`);
  return node;
}

export function siteOf(atlas: Atlas, node: Node) {
  return node.site === undefined ? undefined : atlas.sites.get(node.site);
}
