import type { Inventory, Network } from '../../../model/inventory.js';
import { closedNotes, judgedChains } from '../../host/forwarding/closed.js';
import { forwardingTable } from '../../host/forwarding/table-name.js';
import { OVERWRITTEN } from '../../shared/managed.js';
import { internetClients, passagesOf } from '../overlay/passages.js';
import { NOT_INTERNET } from '../overlay/reach.js';
import { limitedSources } from './limited-sources.js';
import { clientLimits, type NamedChain } from './rules/client-limits.js';
import { keyword, likeOf, set } from './rules/matches.js';
import { dropUnknownSources } from './rules/unknown-sources.js';

/**
 * Only packets to or from the tunnel are filtered. Packets to a container's published port, and those that containers send
 * into the tunnel, are left to the user who runs the containers.
 */
function forwardRules(
  inventory: Inventory,
  network: Network,
  node: string,
  denials: readonly string[],
): string[] {
  const tunnel = `"${network.interface}"`;
  const masqueraded = network.advertises.filter((one) => one.node === node && one.nat === 'masquerade');
  const strangers = [...network.ranges, ...masqueraded.flatMap(({ subnets }) => subnets)];
  return [
    `oifname ${tunnel} tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu`,
    ...denials,
    'ct state established,related accept',
    ...strangers.map(
      (range) => `iifname != ${tunnel} oifname ${tunnel} ${keyword(range)} saddr ${range} drop`,
    ),
    ...passagesOf(inventory, network, node)
      .filter(({ fromTunnel }) => fromTunnel)
      .map(({ toTunnel, from, to }) => {
        const source = from === undefined ? '' : ` ${keyword(from)} saddr ${from}`;
        const target = to === undefined ? '' : ` ${keyword(to)} daddr ${to}`;
        const elsewhere =
          from === undefined ? '' : ` ${keyword(from)} daddr != ${set(likeOf(from, NOT_INTERNET))}`;
        return `iifname ${tunnel} oifname ${toTunnel ? '' : '!= '}${tunnel}${source}${target}${elsewhere} accept`;
      }),
    `iifname ${tunnel} ct status dnat accept`,
    `iifname ${tunnel} drop`,
  ];
}

function masqueradeRules(inventory: Inventory, network: Network, node: string): string[] {
  const own = network.advertises.filter((one) => one.node === node);
  const others = network.advertises.filter((one) => one.node !== node).flatMap(({ subnets }) => subnets);
  const ontoLan = own
    .filter(({ nat }) => nat === 'masquerade')
    .flatMap(({ subnets }) => subnets)
    .flatMap((subnet) =>
      likeOf(subnet, [...network.ranges, ...others]).map(
        (source) => `${keyword(subnet)} saddr ${source} ${keyword(subnet)} daddr ${subnet}`,
      ),
    );
  const ontoInternet = internetClients(inventory, network, node).map(
    (source) =>
      `${keyword(source)} saddr ${source} ${keyword(source)} daddr != ${set(likeOf(source, NOT_INTERNET))}`,
  );
  return [...ontoLan, ...ontoInternet].map(
    (match) => `oifname != "${network.interface}" ${match} masquerade`,
  );
}

function chain({ name, rules }: NamedChain): string {
  return `\tchain ${name} {\n${rules.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

/** A chain with a hook, which is left out if it would do nothing. */
function baseChain(name: string, type: string, rules: readonly string[]): string {
  return rules.length === 0 ? '' : chain({ name, rules: [type, ...rules] });
}

/** The file that `nft -f` loads: it replaces the table atomically, whether there is one or not. */
export function forwardingRuleset(inventory: Inventory, network: Network, node: string): string {
  const table = `table inet ${forwardingTable(network.interface)}`;
  const limits = clientLimits(inventory, network, node);
  const sources = limitedSources(network, node);
  const denials = sources.length > 0 ? [...limits.rules, ...dropUnknownSources(network)] : limits.rules;
  const base = (type: string, hook: string, priority: string): string =>
    `type ${type} hook ${hook} priority ${priority}; policy accept;`;
  return `${OVERWRITTEN}
${closedNotes(sources)}${table}
delete ${table}
${table} {
${[
  ...(sources.length > 0 ? judgedChains(network.interface, sources) : []).map((one) => baseChain(...one)),
  ...limits.chains.map(chain),
  baseChain('input', base('filter', 'input', 'filter'), denials),
  baseChain('forward', base('filter', 'forward', 'filter'), forwardRules(inventory, network, node, denials)),
  baseChain('postrouting', base('nat', 'postrouting', 'srcnat'), masqueradeRules(inventory, network, node)),
].join('')}}
`;
}
