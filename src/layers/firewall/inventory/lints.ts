import { atlasOf } from '../../../model/atlas.js';
import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { wayOf } from './openings.js';
import type { Source } from './types.js';

/** What the rules can't mean. */
export function lintRules(inventory: Inventory): Lint[] {
  return [...lintTables(inventory), ...lintSources(inventory)];
}

/** An interface of that name would have its nftables table under the name of ours. */
function lintTables({ networks }: Inventory): Lint[] {
  return networks
    .filter((network) => network.interface === 'firewall')
    .map(({ name }) => ({
      severity: 'error',
      path: ['networks', name, 'interface'],
      message: '"firewall" is the name of a table and a file that the firewall has on nodes',
      fix: 'choose another name, such as wg0',
    }));
}

/** Sources that no packet to one of the rule's nodes has. */
function lintSources(inventory: Inventory): Lint[] {
  return inventory.firewall.flatMap(({ allow, nodes }, rule) =>
    allow.flatMap(({ from }, entry) =>
      from === 'anyone'
        ? []
        : from.flatMap((source) =>
            nodes.flatMap((name): Lint[] => {
              const wrong = whyNobody(inventory, name, source);
              if (wrong === undefined) return [];
              const path = ['firewall', `${rule}`, 'allow', `${entry}`, 'from'];
              return [{ severity: 'error', path, value: wordOf(source), ...wrong }];
            }),
          ),
    ),
  );
}

const isTailnet = ({ tailnets = [] }: Inventory, network: string): boolean =>
  tailnets.some(({ name }) => name === network);

const wordOf = (source: Source): string =>
  source.kind === 'lan' ? 'lan' : source.kind === 'range' ? source.range : source.name;

function whyNobody(
  inventory: Inventory,
  name: string,
  source: Source,
): { readonly message: string; readonly fix: string } | undefined {
  const node = atlasOf(inventory).nodes.get(name);
  if (node === undefined || wayOf(inventory, node, source).sources.length > 0) return undefined;
  switch (source.kind) {
    case 'lan':
      return {
        message: `${name} is in no site, so it has no LAN`,
        fix: `set nodes.${name}.site, or name a range`,
      };
    case 'network':
      return {
        message: `${name} is not a member of network ${source.name}`,
        fix: `add it to networks.${source.name}.${isTailnet(inventory, source.name) ? 'members' : 'addresses'}, or name another`,
      };
    case 'node':
      return {
        message: `no address of ${source.name} is known that its packets to ${name} would have`,
        fix: `set its "public", or "public" of its site, or name a range`,
      };
    default:
      return undefined;
  }
}
