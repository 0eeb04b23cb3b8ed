import { nftWord } from '../../../facts/firewall/nft-word.js';
import { familyOf, hostRoute } from '../../../model/address.js';
import type { Client, Inventory, Network } from '../../../model/inventory.js';
import { clientsOf, isHub } from '../../../model/shape.js';
import { OVERWRITTEN } from '../../shared/managed.js';
import { internetClients, passagesOf } from '../overlay/passages.js';
import { NOT_INTERNET, reachOf } from '../overlay/reach.js';
import { closedNotes, judgedChains, limitedSources } from './closed.js';

/** Name of a network's own nftables table, of family inet. */
export function forwardingTable(interfaceName: string): string {
  return `bridgehead_${nftWord(interfaceName)}`;
}

const keyword = (cidr: string): string => (familyOf(cidr) === 4 ? 'ip' : 'ip6');
const likeOf = (cidr: string, ranges: readonly string[]): string[] =>
  ranges.filter((range) => familyOf(range) === familyOf(cidr));
const set = (ranges: readonly string[]): string => `{ ${ranges.join(', ')} }`;

/**
 * What a hub denies a client, by its source address, which WireGuard has proven: packets of connections that it opened, also
 * of those opened while it was allowed more. The destination is the original one, so a port that the hub publishes for a
 * container is judged by the hub's address.
 */
function limits(inventory: Inventory, network: Network, { name }: Client, source: string): string[] {
  const { ranges, internet } = reachOf(inventory, network, name);
  const family = keyword(source);
  const allowed = likeOf(source, ranges);
  const near = internet ? ` ct original ${family} daddr ${set(likeOf(source, NOT_INTERNET))}` : '';
  const beyond = allowed.length > 0 ? ` ct original ${family} daddr != ${set(allowed)}` : '';
  return [
    `iifname "${network.interface}" ${family} saddr ${source} ct direction original${near}${beyond} drop comment "${name}"`,
  ];
}

function clientLimits(inventory: Inventory, network: Network, node: string): string[] {
  return clientsOf(network, node).flatMap((client) =>
    client.addresses.map(hostRoute).flatMap((source) => limits(inventory, network, client, source)),
  );
}

/**
 * Only packets to or from the tunnel are filtered. Packets to a container's published port, and those that containers send
 * into the tunnel, are left to the user who runs the containers.
 */
function forwardRules(inventory: Inventory, network: Network, node: string): string[] {
  const tunnel = `"${network.interface}"`;
  const masqueraded = network.advertises.filter((one) => one.node === node && one.nat === 'masquerade');
  const strangers = [...network.ranges, ...masqueraded.flatMap(({ subnets }) => subnets)];
  return [
    `oifname ${tunnel} tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu`,
    ...clientLimits(inventory, network, node),
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

function chain(name: string, type: string, rules: readonly string[]): string {
  if (rules.length === 0) return '';
  return `\tchain ${name} {\n${[type, ...rules].map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

/** The file that `nft -f` loads: it replaces the table atomically, whether there is one or not. */
export function forwardingRuleset(inventory: Inventory, network: Network, node: string): string {
  const table = `table inet ${forwardingTable(network.interface)}`;
  const limited = isHub(network, node) ? clientLimits(inventory, network, node) : [];
  const sources = limitedSources(network, node);
  const base = (type: string, hook: string, priority: string): string =>
    `type ${type} hook ${hook} priority ${priority}; policy accept;`;
  return `${OVERWRITTEN}
${closedNotes(sources)}${table}
delete ${table}
${table} {
${[
  ...(sources.length > 0 ? judgedChains(network.interface, sources) : []).map((one) => chain(...one)),
  chain('input', base('filter', 'input', 'filter'), limited),
  chain('forward', base('filter', 'forward', 'filter'), forwardRules(inventory, network, node)),
  chain('postrouting', base('nat', 'postrouting', 'srcnat'), masqueradeRules(inventory, network, node)),
].join('')}}
`;
}
