import type { Inventory } from '../../../model/inventory.js';
import type { Tailnet, TailnetMember } from './types.js';

export interface Membership {
  readonly tailnet: Tailnet;
  readonly member: TailnetMember;
}

/** The tailnet of a node, and what the node does there. A node is in one at most. */
export function membershipOf(
  { tailnets = [] }: Pick<Inventory, 'tailnets'>,
  node: string,
): Membership | undefined {
  for (const tailnet of tailnets) {
    const member = tailnet.members.find((one) => one.node === node);
    if (member) return { tailnet, member };
  }
  return undefined;
}

/** Ranges that the other members advertise. */
export const offeredTo = (
  { members }: Tailnet,
  node: string,
): readonly { readonly via: string; readonly range: string }[] =>
  members
    .filter((member) => member.node !== node)
    .flatMap((member) => member.advertises.map((range) => ({ via: member.node, range })));
