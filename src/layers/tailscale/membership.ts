import type { Inventory } from '../../model/inventory.js';
import { command } from '../../remote/quote.js';
import { TAILNET_LINK } from './daemon/paths.js';
import { membershipOf } from './inventory/members.js';

/** A member's gates need the addresses of the others. */
export function membersOfChosen({ tailnets = [] }: Inventory, chosen: ReadonlySet<string>): string[] {
  return tailnets
    .filter(({ members }) => members.some(({ node }) => chosen.has(node)))
    .flatMap(({ members }) => members.map(({ node }) => node));
}

export function isRouter(inventory: Inventory, node: string): boolean {
  const member = membershipOf(inventory, node)?.member;
  return member !== undefined && (member.advertises.length > 0 || member.offersExit);
}

/** sh conditions: the tailnet is up on the node. */
export const tailnetUp = (inventory: Inventory, node: string): string[] =>
  membershipOf(inventory, node) === undefined
    ? []
    : [command('test', '-e', `/sys/class/net/${TAILNET_LINK}`)];
