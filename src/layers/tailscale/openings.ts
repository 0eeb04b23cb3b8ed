import type { Inventory, Opening } from '../../model/inventory.js';

/** The port on which members await each other: with it open, packets go directly where a router would let them. */
export const tailnetOpenings = ({ tailnets = [] }: Inventory): Opening[] =>
  tailnets.flatMap(({ name, port, members }) =>
    members.map(({ node }) => ({
      node,
      protocol: 'udp' as const,
      port,
      sources: 'anyone' as const,
      because: `network ${name}`,
    })),
  );
