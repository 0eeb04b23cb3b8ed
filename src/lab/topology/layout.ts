import {
  type Family,
  familyOf,
  hostsDownward,
  hostsUpward,
  inRange,
  networkOf,
  prefixLength,
} from '../../model/address.js';
import type { Inventory, Node, Site } from '../../model/inventory.js';

/** The internet's gateway: every public address has its default route through it, whatever its prefix. */
export const GATEWAY4 = '169.254.0.1';
export const GATEWAY6 = 'fe80::1';
/** Where machines with no IPv4 reach the proxy for apt. */
export const PROXY6 = 'fd62:6c61:62::1';
export const PROXY_PORT = 3128;

/** One site's router, with every address that the inventory leaves open filled in. */
export interface RouterLayout {
  readonly site: Site;
  readonly namespace: string;
  /** Its leg's name on the internet's side. */
  readonly leg: string;
  /** Addresses on the internet. IPv4 first. */
  readonly wan: readonly string[];
  /** Link-local address of the internet leg, next hop for routed IPv6. */
  readonly linkLocal: string;
  /** Its addresses in the LAN, one per subnet. */
  readonly lan: readonly { readonly address: string; readonly subnet: string }[];
}

export interface LaptopLayout {
  readonly site?: string;
  /** Bare addresses. */
  readonly addresses: readonly string[];
}

export interface Layout {
  readonly routers: readonly RouterLayout[];
  readonly laptop: LaptopLayout;
  readonly ipv6: boolean;
  readonly notes: readonly string[];
}

export function siteNamespace(site: string): string {
  return `site-${site}`;
}

/** The subnet of a site that holds an address. */
export function subnetOf(site: Site, address: string): string | undefined {
  return site.subnets.find((subnet) => inRange(address, subnet));
}

/** The site whose router an address with `lanAddresses` is behind; none for a node that is only on the internet. */
export function lanSite(inventory: Inventory, node: Node): Site | undefined {
  return node.lanAddresses.length > 0 ? inventory.sites.find((site) => site.name === node.site) : undefined;
}

export function gatewayOf(router: RouterLayout, family: Family): string | undefined {
  return router.lan.find(({ address }) => familyOf(address) === family)?.address;
}

/**
 * Gives routers and the laptop, which is in the named site or on the internet, the addresses that the inventory leaves open.
 */
export function layOut(inventory: Inventory, laptopSite: string | undefined): Layout {
  const notes: string[] = [];
  const taken = new Set(inventory.nodes.flatMap((node) => [...node.lanAddresses, ...node.publicAddresses]));
  for (const site of inventory.sites) for (const address of site.publicAddresses) taken.add(address);
  const routers = inventory.sites.map((site, index) => layOutRouter(site, index, taken, inventory, notes));
  const laptop = layOutLaptop(laptopSite, routers, taken, notes);
  const all = [
    ...taken,
    ...laptop.addresses,
    ...routers.flatMap(({ lan }) => lan.map(({ address }) => address)),
  ];
  return { routers, laptop, notes, ipv6: all.some((address) => familyOf(address) === 6) };
}

function layOutRouter(
  site: Site,
  index: number,
  taken: ReadonlySet<string>,
  inventory: Inventory,
  notes: string[],
): RouterLayout {
  const lan = site.subnets.map((subnet) => {
    if (site.router !== undefined && inRange(site.router, subnet)) return { address: site.router, subnet };
    const address = firstFree(hostsUpward(subnet), taken);
    notes.push(`site ${site.name}: the router takes ${address} in ${networkOf(subnet)}`);
    return { address, subnet };
  });
  const wan = [...site.publicAddresses];
  if (!wan.some((address) => familyOf(address) === 4)) {
    const cgnat = firstFree(hostsUpward(`100.64.${index}.0/24`), new Set([...taken, ...overlays(inventory)]));
    notes.push(
      `site ${site.name}: the router has no public IPv4 address and takes ${cgnat}, as behind a carrier's NAT`,
    );
    wan.unshift(cgnat);
  }
  return {
    site,
    namespace: siteNamespace(site.name),
    leg: `r${index}`,
    wan,
    linkLocal: `fe80::${(index + 256).toString(16)}`,
    lan,
  };
}

function layOutLaptop(
  wanted: string | undefined,
  routers: readonly RouterLayout[],
  taken: ReadonlySet<string>,
  notes: string[],
): LaptopLayout {
  const router = routers.find(({ site }) => site.name === wanted);
  if (router === undefined) {
    const addresses = [firstFree(hostsDownward('198.18.255.0/24'), taken)];
    if ([...taken].some((address) => familyOf(address) === 6)) addresses.push('2001:db8:ffff:ffff::fa');
    notes.push(`the laptop is on the internet, at ${addresses.join(' and ')}`);
    return { addresses };
  }
  const used = new Set([...taken, ...router.lan.map(({ address }) => address)]);
  const addresses = router.site.subnets.map((subnet) => firstFree(hostsDownward(subnet), used));
  notes.push(`the laptop is in site ${router.site.name}, at ${addresses.join(' and ')}`);
  return { site: router.site.name, addresses };
}

/** Every address of every overlay. */
export function overlays(inventory: Inventory): string[] {
  return inventory.networks.flatMap(({ members, clients }) =>
    [...members, ...clients].flatMap(({ addresses }) => addresses),
  );
}

export function firstFree(candidates: Iterable<string>, taken: ReadonlySet<string>): string {
  for (const candidate of candidates) if (!taken.has(candidate)) return candidate;
  throw new RangeError('no free address is left in the range');
}

/** `192.168.15.2/24`: an address with the prefix length of its subnet. */
export function withPrefix(address: string, subnet: string): string {
  return `${address}/${prefixLength(subnet)}`;
}

export function subnetsOfFamily(site: Site, family: Family): readonly string[] {
  return site.subnets.filter((subnet) => familyOf(subnet) === family);
}
