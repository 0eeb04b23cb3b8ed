import { familyOf, hostRoute, networkOf } from '../../model/address.js';
import type { Inventory } from '../../model/inventory.js';
import type { LabPaths } from '../names.js';
import type { NamespacePlan, NetworkStep } from '../types.js';
import {
  GATEWAY4,
  GATEWAY6,
  gatewayOf,
  type Layout,
  PROXY6,
  type RouterLayout,
  withPrefix,
} from './layout.js';
import { returnRoutes } from './return.js';
import { routerRules } from './router.js';

export const INTERNET = 'internet';
export const LAPTOP = 'laptop';
/** Where the internet's DNS and its authority for certificates are. */
export const SERVICES = 'services';
/** Where the login server of networks is. */
export const LOGINS = 'logins';
export const VISITOR = 'visitor';

/** A namespace with a leg on the internet and nothing behind it. */
export interface Place {
  readonly namespace: string;
  /** Those that its own connections come from first, of each family. */
  readonly addresses: readonly string[];
}

/** Without one of its own, a bridge takes that of a port, and another when a machine is turned off: neighbours then ask in vain. */
const BRIDGE_ADDRESS = 'address 02:00:00:00:00:01';

const ROUTES = {
  'ipv4/ip_forward': '1',
  'ipv4/conf/all/rp_filter': '0',
  'ipv4/conf/default/rp_filter': '0',
  'ipv4/conf/all/send_redirects': '0',
  'ipv4/conf/default/send_redirects': '0',
  'ipv6/conf/all/forwarding': '1',
  'bridge/bridge-nf-call-iptables': '0',
  'bridge/bridge-nf-call-ip6tables': '0',
};
const ENDS = { 'ipv4/ip_forward': '0', 'ipv6/conf/all/forwarding': '0', 'ipv6/conf/all/accept_ra': '0' };

/** The namespaces around the machines: the internet, one router per site, the laptop. */
export function planNamespaces(
  inventory: Inventory,
  layout: Layout,
  places: readonly Place[] = [],
): NamespacePlan[] {
  return [
    { name: INTERNET, sysctls: ROUTES },
    ...layout.routers.map((router) => ({
      name: router.namespace,
      sysctls: ROUTES,
      nft: routerRules(router, inventory),
    })),
    { name: LAPTOP, sysctls: ENDS },
    ...places.map(({ namespace }) => ({ name: namespace, sysctls: ENDS })),
  ];
}

/** Links, addresses and routes, in an order in which each line finds what it needs. */
export function planNetwork(
  inventory: Inventory,
  layout: Layout,
  paths: LabPaths,
  web: readonly string[] = [],
  places: readonly Place[] = [],
): NetworkStep[] {
  const { routers, ipv6 } = layout;
  return [
    {
      namespace: INTERNET,
      lines: [...internetLines(ipv6), ...web.map((address) => addAddress(hostRoute(address), 'wan'))],
    },
    ...routers.map((router) => ({
      namespace: router.namespace,
      lines: [...routerLines(router, ipv6, paths), ...returnRoutes(inventory, router)],
    })),
    { namespace: LAPTOP, lines: laptopLines(layout, paths) },
    ...places.map((place) => ({ namespace: place.namespace, lines: placeLines(place, paths) })),
    { namespace: INTERNET, lines: [...internetRoutes(inventory, layout), ...places.flatMap(plugPlace)] },
    ...routers
      .filter(({ site }) => site.name === layout.laptop.site)
      .map(({ namespace }) => ({ namespace, lines: ['link set laptop master lan up'] })),
  ];
}

function internetLines(ipv6: boolean): string[] {
  return [
    'link set lo up',
    `link add wan ${BRIDGE_ADDRESS} type bridge`,
    'link set wan up',
    `address add ${GATEWAY4}/32 dev wan`,
    ...(ipv6 ? [`address add ${GATEWAY6}/64 dev wan nodad`, `address add ${PROXY6}/128 dev wan nodad`] : []),
  ];
}

function routerLines(router: RouterLayout, ipv6: boolean, paths: LabPaths): string[] {
  return [
    'link set lo up',
    `link add wan type veth peer name ${router.leg} netns ${paths.namespace(INTERNET)}`,
    `link add lan ${BRIDGE_ADDRESS} type bridge`,
    ...router.wan.map((address) => addAddress(hostRoute(address), 'wan')),
    ...(ipv6 ? [`address add ${router.linkLocal}/64 dev wan nodad`] : []),
    ...router.lan.map(({ address, subnet }) => addAddress(withPrefix(address, subnet), 'lan')),
    'link set wan up',
    'link set lan up',
    ...internetDefaults(router.wan, 'wan'),
    ...(sixBehindLinkLocal(router) ? [`route add default via ${GATEWAY6} dev wan`] : []),
  ];
}

function laptopLines({ laptop, routers }: Layout, paths: LabPaths): string[] {
  const router = routers.find(({ site }) => site.name === laptop.site);
  if (router === undefined) return placeLines({ namespace: LAPTOP, addresses: laptop.addresses }, paths);
  const far = paths.namespace(router.namespace);
  const lines = ['link set lo up', `link add eth0 type veth peer name ${LAPTOP} netns ${far}`];
  for (const [index, subnet] of router.site.subnets.entries()) {
    const address = laptop.addresses[index];
    if (address !== undefined) lines.push(addAddress(withPrefix(address, subnet), 'eth0'));
  }
  lines.push('link set eth0 up');
  for (const family of [4, 6] as const) {
    const gateway = gatewayOf(router, family);
    if (gateway !== undefined) lines.push(`route add default via ${gateway} dev eth0`);
  }
  return lines;
}

function internetRoutes(inventory: Inventory, { routers, laptop }: Layout): string[] {
  const lines = routers.flatMap(({ leg, wan }) => [
    `link set ${leg} master wan up`,
    ...wan.map((address) => `route add ${hostRoute(address)} dev wan`),
  ]);
  for (const { site, wan, linkLocal } of routers) {
    if (site.nat) continue;
    for (const subnet of site.subnets) {
      const hop = familyOf(subnet) === 6 ? linkLocal : wan.find((address) => familyOf(address) === 4);
      lines.push(`route add ${networkOf(subnet)} via ${hop} dev wan onlink`);
    }
  }
  for (const node of inventory.nodes) {
    lines.push(...node.publicAddresses.map((address) => `route add ${hostRoute(address)} dev wan`));
  }
  if (laptop.site !== undefined) return lines;
  return [...lines, ...plugPlace({ namespace: LAPTOP, addresses: laptop.addresses })];
}

/** `eth0` of a place; its outer end has the place's name. */
function placeLines({ namespace, addresses }: Place, paths: LabPaths): string[] {
  return [
    'link set lo up',
    `link add eth0 type veth peer name ${namespace} netns ${paths.namespace(INTERNET)}`,
    ...addresses.map((address) => addAddress(hostRoute(address), 'eth0')),
    'link set eth0 up',
    ...internetDefaults(addresses, 'eth0'),
  ];
}

function plugPlace({ namespace, addresses }: Place): string[] {
  return [
    `link set ${namespace} master wan up`,
    ...addresses.map((address) => `route add ${hostRoute(address)} dev wan`),
  ];
}

/** Default routes through the internet's gateway, leaving from the first address of each family. */
function internetDefaults(addresses: readonly string[], device: string): string[] {
  const four = addresses.find((address) => familyOf(address) === 4);
  const six = addresses.find((address) => familyOf(address) === 6);
  return [
    ...(four === undefined ? [] : [`route add default via ${GATEWAY4} dev ${device} onlink src ${four}`]),
    ...(six === undefined ? [] : [`route add default via ${GATEWAY6} dev ${device} src ${six}`]),
  ];
}

/** A routed site with IPv6 inside needs no IPv6 address outside: its router is reached by the link-local one. */
function sixBehindLinkLocal({ site, wan }: RouterLayout): boolean {
  return (
    !site.nat &&
    site.subnets.some((subnet) => familyOf(subnet) === 6) &&
    !wan.some((address) => familyOf(address) === 6)
  );
}

function addAddress(cidr: string, device: string): string {
  return `address add ${cidr} dev ${device}${cidr.includes(':') ? ' nodad' : ''}`;
}
