import { courseOf } from '../../../facts/firewall/evaluate.js';
import type { Table } from '../../../facts/firewall/ruleset.js';
import type { Opening } from '../../../model/inventory.js';
import { sourcesIn } from '../table/passes.js';

/** Where firewalld has the rules of a zone that come last, ours among them. */
const LAST_RULES = /^filter_IN_.*_post$/;

function withoutLastRules(table: Table): Table {
  const chains = [...table.chains].map(([name, chain]): [string, typeof chain] => [
    name,
    LAST_RULES.test(name) ? { ...chain, rules: [] } : chain,
  ]);
  return table.name === 'firewalld' ? { ...table, chains: new Map(chains) } : table;
}

/**
 * Openings through an interface, which a rule of a zone can only let in by their addresses: what has such an address and
 * comes in elsewhere has to be kept out otherwise, unless somebody else lets it in.
 */
export function strayOpenings(openings: readonly Opening[], tables: readonly Table[]): Opening[] {
  const others = tables.map(withoutLastRules);
  return openings.flatMap((opening): Opening[] => {
    const { interface: device, protocol, port } = opening;
    if (device === undefined) return [];
    const sources = ([4, 6] as const).flatMap((family) =>
      sourcesIn(opening, family).filter((from) => {
        const packet = { family, protocol, port, ...(from !== undefined && { from }), notIn: ['lo', device] };
        return courseOf(others, packet).drop !== undefined;
      }),
    );
    const named = sources.filter((source) => source !== undefined);
    if (sources.length === 0) return [];
    return [{ ...opening, sources: named.length === 0 ? 'anyone' : named }];
  });
}
