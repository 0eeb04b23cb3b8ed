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
export function planNamespaces(inventory: Inventory, layout: Layout): NamespacePlan[] {
  return [
    { name: INTERNET, sysctls: ROUTES },
    ...layout.routers.map((router) => ({
      name: router.namespace,
      sysctls: ROUTES,
      nft: routerRules(router, inventory),
    })),
    { name: LAPTOP, sysctls: ENDS },
  ];
}

/** Links, addresses and routes, in an order in which each line finds what it needs. */
export function planNetwork(
  inventory: Inventory,
  layout: Layout,
  paths: LabPaths,
  web: readonly string[] = [],
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
    { namespace: INTERNET, lines: internetRoutes(inventory, layout) },
    ...routers
      .filter(({ site }) => site.name === layout.laptop.site)
      .map(({ namespace }) => ({ namespace, lines: ['link set laptop master lan up'] })),
  ];
}

function internetLines(ipv6: boolean): string[] {
  return [
    'link set lo up',
    'link add wan type bridge',
    'link set wan up',
    `address add ${GATEWAY4}/32 dev wan`,
    ...(ipv6 ? [`address add ${GATEWAY6}/64 dev wan nodad`, `address add ${PROXY6}/128 dev wan nodad`] : []),
  ];
}

function routerLines(router: RouterLayout, ipv6: boolean, paths: LabPaths): string[] {
  return [
    'link set lo up',
    `link add wan type veth peer name ${router.leg} netns ${paths.namespace(INTERNET)}`,
    'link add lan type bridge',
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
  const far = paths.namespace(router?.namespace ?? INTERNET);
  const lines = ['link set lo up', `link add eth0 type veth peer name laptop netns ${far}`];
  if (router === undefined) {
    lines.push(
      ...laptop.addresses.map((address) => addAddress(hostRoute(address), 'eth0')),
      'link set eth0 up',
    );
    return [...lines, ...internetDefaults(laptop.addresses, 'eth0')];
  }
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
  return [
    ...lines,
    'link set laptop master wan up',
    ...laptop.addresses.map((address) => `route add ${hostRoute(address)} dev wan`),
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
