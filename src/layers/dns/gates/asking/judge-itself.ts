import { sameAddress } from '../../../../model/address.js';
import { atlasOf } from '../../../../model/atlas.js';
import type { Finding, GateContext } from '../../../gate.js';
import { servedViews } from '../../views.js';
import type { Seen } from './seen.js';

/** dnsmasq without `upstream` asks what its node asks for all other names: that must not be itself. */
export function judgeItself(
  { inventory, facts }: GateContext<unknown>,
  node: string,
  { resolver }: Seen,
): Finding[] {
  const { dns } = inventory;
  if (dns?.resolver !== 'dnsmasq' || dns.upstream.length > 0 || !dns.serve.includes(node)) return [];
  const served = servedViews(inventory, facts, node).flatMap(({ addresses }) => addresses);
  const asked = resolver === undefined ? [] : [resolver.address, ...resolver.behind];
  const own = asked.find((address) => served.some((one) => sameAddress(one, address)));
  if (own === undefined) return [];
  const site = atlasOf(inventory).sites.get(atlasOf(inventory).nodes.get(node)?.site ?? '');
  const router =
    site?.router === undefined ? "your provider's resolver" : `${site.router}, the router of ${site.name}`;
  return [
    {
      node,
      go: false,
      expected: `${node} asks others for names that are not in the inventory`,
      seen: `its own resolver is ${own}, itself, so it answers no other name`,
      fix: `write dns.upstream, such as ${router}, and run \`bridgehead apply\``,
    },
  ];
}
