import type { Facts } from '../step.js';

/** Fact: the node's addresses in its tailnet, with a blank between them. IPv4 first. */
export const TAILNET_ADDRESSES = 'tailscale address';

/** Fact: the public key by which the tailnet knows the node; two nodes with the same are clones. */
export const TAILNET_IDENTITY = 'tailscale identity';

/** The addresses that a node was last seen to have in its tailnet. IPv4 first. */
export const tailnetAddresses = (facts: Pick<Facts, 'get'>, node: string): readonly string[] =>
  (facts.get(node, TAILNET_ADDRESSES) ?? '').split(' ').filter((address) => address !== '');
