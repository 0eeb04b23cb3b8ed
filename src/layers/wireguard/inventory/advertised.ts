import { show, suggest } from '../../../document/index.js';
import type { Advertised, Member } from '../../../model/inventory.js';
import { parseRange } from '../../../model/parse-address.js';
import type { RawNetwork } from '../../../model/raw.js';
import type { Resolution } from '../../resolution.js';

/** The LANs that members advertise, with canonical ranges. */
export function resolveAdvertised(
  work: Resolution,
  network: string,
  raw: RawNetwork,
  members: readonly Member[],
): Advertised[] {
  const names = members.map(({ node }) => node);
  return Object.entries(raw.advertise ?? {}).flatMap(([node, written]): Advertised[] => {
    const path = ['networks', network, 'advertise', node];
    if (!names.includes(node)) {
      const message = `must name a member of the network; got ${show(node)}`;
      // A node that isn't a member yet needs an address before it can be a gateway.
      const stranger = work.raw.nodes?.[node] !== undefined;
      const fix = stranger
        ? `give ${node} an address in networks.${network}.addresses`
        : suggest(node, names, 'the network has no members');
      work.report(path, message, fix, 'key');
      return [];
    }
    const subnets = work.parseAll([...path, 'subnets'], written.subnets, parseRange);
    return [{ node, subnets, nat: written.nat ?? 'masquerade' }];
  });
}
