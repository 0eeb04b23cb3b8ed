import { membersOf } from '../../../../model/atlas.js';
import type { Member, Network } from '../../../../model/inventory.js';
import type { Finding, GateContext } from '../../../gate.js';

/** The networks that the gate measures on a node: those it concerns and the node belongs to. */
export function networksOn(context: GateContext<unknown>, node: string): readonly Network[] {
  return context.networks.filter((network) => addressesOf(network, node).length > 0);
}

/** A node's addresses in a network; empty if it isn't a member. */
export function addressesOf(network: Network, node: string): readonly string[] {
  return membersOf(network).get(node)?.addresses ?? [];
}

/** Every other member, those included that are reached through a relay. */
export function othersOf(network: Network, node: string): readonly Member[] {
  return network.members.filter((member) => member.node !== node);
}

export const isIpv6 = (address: string): boolean => address.includes(':');

/** The finding for a node that belongs to none of the networks measured. */
export function notAMember(node: string): Finding {
  return { go: true, node, expected: 'nothing to measure', seen: 'not a member of the network' };
}

/** The text, prefixed with the network's name if there are several. */
export function inNetwork(context: GateContext<unknown>, network: Network, text: string): string {
  return context.networks.length > 1 ? `${network.name}: ${text}` : text;
}

/** What was read of one of a node's networks. */
export interface InNetwork<S> {
  readonly network: Network;
  readonly seen: S;
}

/** A node's findings about its networks, each with its network's name if there are several. */
export function findingsIn<S>(
  context: GateContext<unknown>,
  node: string,
  networks: readonly InNetwork<S>[],
  judge: (network: Network, seen: S) => readonly Finding[],
): readonly Finding[] {
  if (networks.length === 0) return [notAMember(node)];
  return networks.flatMap(({ network, seen }) =>
    judge(network, seen).map((finding) => ({
      ...finding,
      expected: inNetwork(context, network, finding.expected),
    })),
  );
}
