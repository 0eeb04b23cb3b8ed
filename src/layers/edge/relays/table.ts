import { familyOf, hostPort, hostRoute, inRange } from '../../../model/address.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import { forwardsPackets } from '../../../model/shape.js';
import type { Passage } from '../../host/forwarding/firewalls/passage.js';
import { insideRules } from '../../host/forwarding/inside.js';
import { OVERWRITTEN } from '../../shared/managed.js';
import type { App } from '../inventory/types.js';
import { tunnelOf } from '../overlay.js';
import { isRewritten, type Relayed, serviceOf } from './wanted.js';

/** Stands for an interface in the names of files, of the unit, and of the table, which is `bridgehead_apps`. */
export const APPS = 'apps';
export const APPS_TABLE = 'bridgehead_apps';

const keyword = (address: string): string => (familyOf(address) === 4 ? 'ip' : 'ip6');
const likeOf = (address: string, others: readonly string[]): readonly string[] =>
  others.filter((one) => familyOf(one) === familyOf(address));
const set = (addresses: readonly string[]): string => `{ ${addresses.join(', ')} }`;

/** One rule for each address of the node: from the edges alone. */
function rewriting(relayed: Relayed): string[] {
  if (!isRewritten(relayed)) return [];
  const { app, addresses, edges } = relayed;
  const { protocol } = serviceOf(app);
  return addresses.flatMap((address) => {
    const sources = likeOf(address, edges);
    if (sources.length === 0) return [];
    const ip = keyword(address);
    const to = hostPort(app.to.address ?? address, app.to.port);
    return [
      `${ip} saddr ${set(sources)} ${ip} daddr ${address} ${protocol} dport ${app.port} dnat ${ip} to ${to} comment "${app.name}"`,
    ];
  });
}

/** Programs would relay for whoever reaches them, and an edge's passwords and its `allow` are only asked at the edge. */
function closing(relayed: Relayed): string[] {
  if (isRewritten(relayed)) return [];
  const { app, addresses, edges } = relayed;
  const { protocol } = serviceOf(app);
  return addresses.map((address) => {
    const sources = likeOf(address, edges);
    const ip = keyword(address);
    const others = sources.length === 0 ? '' : `${ip} saddr != ${set(sources)} `;
    return `iifname != "lo" ${others}${ip} daddr ${address} ${protocol} dport ${app.port} drop comment "${app.name}"`;
  });
}

/** Whether packets to the app leave the node again; none do as long as no edge is known that has the app's family. */
export const isForwarded = ({ app, addresses, edges }: Relayed): boolean =>
  app.relay === 'dnat' &&
  app.to.address !== undefined &&
  addresses.some((address) => likeOf(address, edges).length > 0);

/**
 * On the node's own LAN, the app's answers would go to the router: so it gets the node's address, unless the router has a route
 * to the overlay. In a network of the node's own, such as one of containers, the node is the router.
 */
function needsMasquerade({ sites, networks }: Inventory, { to }: App): boolean {
  const { node, address } = to;
  if (address === undefined) return false;
  const routed = networks.some(({ advertises }) =>
    advertises.some(
      (one) =>
        one.node === node && one.nat === 'none' && one.subnets.some((subnet) => inRange(address, subnet)),
    ),
  );
  return !routed && sites.some(({ subnets }) => subnets.some((subnet) => inRange(address, subnet)));
}

function masquerading(inventory: Inventory, relayed: Relayed): string[] {
  const { app, edges } = relayed;
  const { address } = app.to;
  if (address === undefined || !isForwarded(relayed) || !needsMasquerade(inventory, app)) return [];
  const { protocol, port } = serviceOf(app);
  const ip = keyword(address);
  const sources = set(likeOf(address, edges));
  return [
    `${ip} saddr ${sources} ${ip} daddr ${address} ${protocol} dport ${port} ct status dnat masquerade comment "${app.name}"`,
  ];
}

/** Interfaces of the networks that an app's packets leave, and for which the node forwards nothing else. */
export function closedTunnels(inventory: Inventory, node: string, relayed: readonly Relayed[]): string[] {
  const names = new Set(relayed.filter(isForwarded).map(({ app }) => app.network));
  const own = (network: Network): boolean =>
    names.has(network.name) && !forwardsPackets(inventory, network, node);
  return inventory.networks.filter(own).map((network) => network.interface);
}

/**
 * Out of such a tunnel, only what was rewritten passes; into it, only what containers and guests of the node itself send: those
 * are left to the user who runs them.
 */
function forwarding(tunnels: readonly string[]): string[] {
  if (tunnels.length === 0) return [];
  const any = set(tunnels.map((name) => `"${name}"`));
  return [
    'ct state established,related accept',
    `iifname ${any} ct status dnat accept`,
    `iifname ${any} drop`,
    `oifname ${any} jump inside`,
    `oifname ${any} drop`,
  ];
}

const chain = (name: string, lines: readonly string[]): string =>
  `\tchain ${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;

const baseChain = (name: string, type: string, rules: readonly string[]): string =>
  rules.length === 0 ? '' : chain(name, [type, ...rules]);

/** The file that `nft -f` loads: it replaces the table atomically. Connections that there are keep their rewriting. */
export function relayRuleset(inventory: Inventory, node: string, relayed: readonly Relayed[]): string {
  const hook = (type: string, name: string, priority: string): string =>
    `type ${type} hook ${name} priority ${priority}; policy accept;`;
  const tunnels = closedTunnels(inventory, node, relayed);
  const chains = [
    ...(tunnels.length === 0 ? [] : [chain('inside', insideRules([]))]),
    // Before Docker's, which rewrites whatever port it publishes.
    baseChain('prerouting', hook('nat', 'prerouting', 'dstnat - 5'), relayed.flatMap(rewriting)),
    baseChain('input', hook('filter', 'input', 'filter'), relayed.flatMap(closing)),
    baseChain('forward', hook('filter', 'forward', 'filter'), forwarding(tunnels)),
    baseChain(
      'postrouting',
      hook('nat', 'postrouting', 'srcnat'),
      relayed.flatMap((one) => masquerading(inventory, one)),
    ),
  ];
  return `${OVERWRITTEN}
table inet ${APPS_TABLE}
delete table inet ${APPS_TABLE}
table inet ${APPS_TABLE} {
${chains.join('')}}
`;
}

/** What other firewalls have to let through. */
export function relayPassages(inventory: Inventory, relayed: readonly Relayed[]): Passage[] {
  return relayed.filter(isForwarded).flatMap(({ app, edges }) => {
    const { address } = app.to;
    const tunnel = tunnelOf(inventory, app.network);
    if (address === undefined || tunnel === undefined) return [];
    return likeOf(address, edges).map((edge) => ({
      tunnel,
      fromTunnel: true,
      toTunnel: false,
      from: hostRoute(edge),
      to: hostRoute(address),
      service: serviceOf(app),
    }));
  });
}
