import type { Inventory, Network } from '../../../model/inventory.js';
import { withMembers } from '../../draft/allocate.js';
import type { Draft, DraftNode } from '../../draft/draft.js';
import { commentOf } from './design.js';
import { type ForwardMode, type ForwardRequest, withForwards } from './forwards.js';
import type { Layout } from './layout.js';

export interface Joining {
  readonly there: Inventory;
  /** The network that the machines join; undefined if the inventory has none. */
  readonly network: Network | undefined;
}

/** Who may need a forward, for machines that join a network. */
export function joiningRequest({ there, network }: Joining, { placed, sites }: Layout): ForwardRequest {
  const members = new Set(network?.members.map(({ node }) => node));
  const known = there.nodes.filter(({ name }) => members.has(name));
  const found = (name: string) => sites.find((site) => site.name === name);
  return {
    sites: [
      ...there.sites.map((site) => found(site.name) ?? site),
      ...sites.filter(({ name }) => !there.sites.some((site) => site.name === name)),
    ],
    nodes: [...known, ...placed.map(({ node }) => node)],
    hub: network?.hubs[0],
    port: network?.port ?? 0,
    joining: network === undefined ? [] : placed.map(({ node }) => node.name),
  };
}

/** The existing inventory with machines added to it. Throws RangeError if the network's range is full. */
export function extended(
  joining: Joining,
  layout: Layout,
  { forwards, relay }: { readonly forwards: ForwardMode; readonly relay: string | undefined },
): Draft {
  const { there, network } = joining;
  const roles = new Set(there.nodes.map(({ role }) => role));
  const added = layout.placed.map(
    ({ node: { role, ...node } }): DraftNode => ({
      ...node,
      ...(role !== undefined && roles.has(role) && { role }),
      comment: commentOf(node, layout),
    }),
  );
  const names = added.map(({ name }) => name);
  return {
    ...there,
    sites: withForwards(joiningRequest(joining, layout), forwards),
    nodes: [...there.nodes, ...added],
    networks: there.networks.map((one) =>
      one.name === network?.name
        ? { ...withMembers(one, names), ...(relay !== undefined && { relay }) }
        : one,
    ),
  };
}
