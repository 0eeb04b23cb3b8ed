import { count } from '../../core/text.js';
import type { Inventory } from '../../model/inventory.js';
import type { Description } from '../layer.js';
import type { TailnetMember } from './inventory/types.js';

function doings({ advertises, accepts, offersExit, exitNode }: TailnetMember): string {
  const all = [
    ...(advertises.length > 0 ? [`advertises ${advertises.join(', ')}`] : []),
    ...(accepts ? ['accepts routes'] : []),
    ...(offersExit ? ['exit node'] : []),
    ...(exitNode === undefined ? [] : [`reaches the internet through ${exitNode}`]),
  ];
  return all.join('; ');
}

/** The tailnets, their members, and what these do there. The key is only named by the place where it is kept. */
export function describeTailnets({ tailnets = [] }: Inventory): Description {
  return {
    sections: tailnets.map(({ name, loginServer, port, members }) => ({
      title: `network ${name}  tailscale  ${loginServer}  port ${port}`,
      head: ['member', 'in the tailnet'],
      rows: members.map((member) => [member.node, doings(member)]),
    })),
    json: tailnets.length > 0 ? { tailnets } : {},
    ...(tailnets.length > 0 && { count: count(tailnets.length, 'tailnet') }),
  };
}
