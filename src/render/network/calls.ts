import { groupsOf } from '../../core/groups.js';
import type { Call } from '../../layers/layer.js';
import type { Inventory } from '../../model/inventory.js';
import { padTo } from '../table.js';
import { wrapWords } from '../text.js';

/** Maximum lines; in a larger network, the rest are counted. */
const SHOWN = 16;
const WIDEST_CALLERS = 32;

/** Who connects to whom, and where: nodes that connect to the same address share a line, and so do those of a LAN. */
export function callLines(inventory: Inventory, calls: readonly Call[], width: number): string[] {
  const groups = groupsOf(calls, ({ network, to, at, via, site, keepalive }) =>
    JSON.stringify(via === 'lan' ? [network, site] : [network, to, at, keepalive]),
  );
  const rows = groups.slice(0, SHOWN).map((group) => rowOf(inventory, group));
  const wide = Math.min(
    WIDEST_CALLERS,
    Math.floor(width / 2),
    Math.max(0, ...rows.map(([callers]) => callers.length)),
  );
  const lines = rows.flatMap(([callers, called]) => {
    const left = wrapWords(callers, wide);
    const right = wrapWords(called, width - wide - 3);
    const high = Math.max(left.length, right.length);
    return Array.from({ length: high }, (_, row) => `${padTo(left[row] ?? '', wide)} ${right[row] ?? ''}`);
  });
  const more = groups.length - rows.length;
  return [...lines, ...(more > 0 ? [`and ${more} more: validate without --draw lists every pair`] : [])];
}

function rowOf(inventory: Inventory, group: readonly Call[]): readonly [callers: string, called: string] {
  const [first] = group;
  if (first === undefined) throw new TypeError('a group has a call');
  const { network, to, at, via, site, keepalive } = first;
  const callers = callersText(inventory, network, [...new Set(group.map(({ from }) => from))]);
  if (via === 'lan') return [callers, `<-> each other on the LAN of ${site}`];
  if (via === 'relay') return [callers, `--> ${to} through ${at}`];
  const forwarded = via === 'forward' ? ', forwarded' : '';
  const keeps = keepalive === undefined ? '' : `, keepalive ${keepalive} s`;
  return [callers, `--> ${to} at ${at}${forwarded}${keeps}`];
}

/** Names, with all members of a site as `all of home`. */
function callersText({ nodes, networks }: Inventory, network: string, callers: readonly string[]): string {
  const members = networks.find(({ name }) => name === network)?.members ?? [];
  const siteOf = (node: string) => nodes.find(({ name }) => name === node)?.site;
  const groups = groupsOf(callers, (name) => siteOf(name) ?? `\n${name}`);
  return groups
    .map((group) => {
      const site = siteOf(group[0] ?? '');
      const all = members.filter(({ node }) => site !== undefined && siteOf(node) === site).length;
      return group.length > 1 && group.length === all ? `all of ${site}` : group.join(', ');
    })
    .join(', ');
}
