import type { Claim, Foreign, Ownership } from '../../step.js';
import type { SeenInterface } from '../tunnel/live.js';
import { ownersFact } from './probe.js';
import { foreignFix, ownershipOf } from './verdict.js';

/** The interfaces of the networks: a step touches nothing of one that belongs to something else. */
export const interfaceOwnership: Ownership<ReadonlyMap<string, SeenInterface>> = {
  name: 'interfaces',
  probe: ({ networks }) => ownersFact(networks),
  refuse: ({ inventory, node, networks }: Claim, owners, facts) =>
    networks.flatMap((network): Foreign[] => {
      const seen = owners.get(network.interface);
      if (seen === undefined) return [];
      const ownership = ownershipOf({ inventory, network, node: node.name, facts }, seen);
      if (ownership.kind !== 'foreign') return [];
      return [
        {
          message: `${network.interface} on ${node.name} does not belong to network ${network.name}`,
          evidence: ownership.seen,
          fix: foreignFix(network, node.name, ownership.whose),
        },
      ];
    }),
};
