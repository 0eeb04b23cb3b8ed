import { count } from '../../../core/text.js';
import { hostRoute } from '../../../model/address.js';
import type { Network } from '../../../model/inventory.js';
import { command } from '../../../remote/quote.js';
import { all, END_LINE, fromLines, GarbledReply, type Lines, numbered } from '../../../remote/reply-lines.js';
import { lines, type Script } from '../../../remote/script.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { listing } from '../../shared/listing.js';
import { type NetworkParams, networkParameter, parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { routesOf } from '../overlay/peers.js';
import { readRoutes } from '../tunnel/readings.js';
import { addressesOf, findingsIn, type InNetwork, isIpv6, networksOn } from './shared/members.js';

const APPLY = 'apply the phase that makes the tunnel (`bridgehead apply --phase tunnel`)';
/** Lines of `ip route` that are read for one question; a node with more is reported as such. */
const LIMIT = 4096;

interface Route {
  /** CIDR, or `default`. */
  readonly destination: string;
  readonly device: string;
  readonly table: string;
}

interface Seen {
  /** Routes on the interface, of every table but `local`, the kernel's own left out. */
  readonly onInterface: readonly Route[];
  /** Routes to places within the overlay's ranges that lead through another interface. */
  readonly elsewhere: readonly Route[];
}

/**
 * Ranges that only the interface may lead to: the overlay, and the LANs behind gateways that the node reaches through it.
 */
function rangesOf(context: GateContext<NetworkParams>, network: Network, node: string): readonly string[] {
  const wanted = new Set(routesOf(context.inventory, network, node));
  const subnets = network.advertises.flatMap((one) => one.subnets).filter((subnet) => wanted.has(subnet));
  return [...network.ranges, ...subnets];
}

function probeNetwork(network: Network, ranges: readonly string[], number: number): Script {
  const limits = (word: string) => ({ prefix: `${word} ${number}`, limit: LIMIT, more: `more ${number}` });
  const others = ranges.map((range) => {
    const family = isIpv6(range) ? 6 : 4;
    const source = command('ip', `-${family}`, 'route', 'show', 'table', 'all', 'root', range);
    return listing({ source, ...limits('in') });
  });
  const own = [readRoutes('routes', network.interface), listing({ variable: 'routes', ...limits('on') })];
  return lines(...own, ...others);
}

const TYPES = new Set([
  'unicast',
  'local',
  'broadcast',
  'multicast',
  'anycast',
  'unreachable',
  'blackhole',
  'prohibit',
  'throw',
]);

function parseRoute(words: readonly string[], device: string | undefined): Route & { readonly type: string } {
  const [first = ''] = words;
  const type = TYPES.has(first) ? first : 'unicast';
  const destination = TYPES.has(first) ? (words[1] ?? '') : first;
  const after = (word: string): string | undefined => {
    const at = words.indexOf(word);
    return at < 0 ? undefined : words[at + 1];
  };
  if (destination === '') throw new GarbledReply('a route without a destination');
  return {
    type,
    destination:
      destination.includes('/') || destination === 'default' ? destination : hostRoute(destination),
    device: device ?? after('dev') ?? type,
    table: after('table') ?? 'main',
  };
}

function parseNetwork(lines: Lines, network: Network, number: number, node: string): Seen {
  const own = (word: string) => numbered(lines, word, number);
  const self = new Set(addressesOf(network, node).map(hostRoute));
  // Routes that the kernel makes by itself: the node's own addresses, link-local and multicast.
  const natural = ({ type, destination, table }: ReturnType<typeof parseRoute>): boolean =>
    table === 'local' || type === 'multicast' || self.has(destination) || /^f(e80:|f00:)/.test(destination);
  const onInterface = own('on').map((words) => parseRoute(words, network.interface));
  const inRanges = own('in').map((words) => parseRoute(words, undefined));
  return {
    onInterface: onInterface.filter((route) => !natural(route)),
    elsewhere: inRanges.filter((route) => route.device !== network.interface && !natural(route)),
  };
}

function judge(
  context: GateContext<NetworkParams>,
  network: Network,
  node: string,
  { onInterface, elsewhere }: Seen,
): readonly Finding[] {
  const name = network.interface;
  const wanted = routesOf(context.inventory, network, node);
  const fix = APPLY;
  const present = new Set(onInterface.map(({ destination }) => destination));
  const missing = wanted.filter((route) => !present.has(route));
  const extra = onInterface.filter(({ destination }) => !wanted.includes(destination));
  const wrong: Finding[] = [
    ...missing.map((route) => ({
      go: false,
      node,
      expected: `route to ${route} through ${name}`,
      seen: 'no such route',
      fix,
    })),
    ...extra.map(({ destination, table }) => ({
      go: false,
      node,
      expected: `only the wanted routes through ${name}`,
      seen: `a route to ${destination} in table ${table}`,
      fix: `find what sets it on ${node} (PostUp, another daemon) and remove it there; then ${APPLY}, which removes routes of the main table under the guard`,
    })),
    ...elsewhere.map(({ destination, device, table }) => ({
      go: false,
      node,
      expected: `routes within ${rangesOf(context, network, node).join(', ')} only through ${name}`,
      seen: `a route to ${destination} through ${device} in table ${table}`,
      fix: `give network ${network.name} another range (\`bridgehead renumber ${network.name} RANGE\`) or the gateway another subnet, or remove that route where ${node} configures it; check first that SSH doesn't use it`,
    })),
  ];
  if (wrong.length > 0) return wrong;
  const seen = wanted.length === 0 ? 'none wanted, none found' : `all ${wanted.length}, and no others`;
  return [{ go: true, node, expected: `${count(wanted.length, 'route')} through ${name}`, seen }];
}

/** The routes through the interface are exactly those of the peers' AllowedIPs, and nothing else leads into the overlay or to a LAN behind a gateway. */
export const routes: GateKind<NetworkParams, readonly InNetwork<Seen>[]> = {
  kind: 'routes',
  schema: parameters(networkParameter),
  patience: 0,

  probe(context, node) {
    const networks = networksOn(context, node.name).map((network, number) =>
      probeNetwork(network, rangesOf(context, network, node.name), number),
    );
    return {
      script: lines(...networks, `echo ${END_LINE}`, ''),
      parse: fromLines((lines) => {
        if (all(lines, 'more').length > 0) throw new GarbledReply(`more than ${LIMIT} routes`);
        return networksOn(context, node.name).map((network, number) => ({
          network,
          seen: parseNetwork(lines, network, number, node.name),
        }));
      }),
    };
  },

  verdict(context, readings) {
    const findings = [...readings.seen].flatMap(([node, networks]) =>
      findingsIn(context, node, networks, (network, seen) => judge(context, network, node, seen)),
    );
    const wrong = new Set(findings.filter(({ go }) => !go).map(({ node }) => node));
    const all_ = readings.seen.size + readings.unread.length;
    return conclude(
      readings,
      findings,
      () => `${readings.seen.size - wrong.size} of ${count(all_, 'node')} with exactly the wanted routes`,
    );
  },
};
