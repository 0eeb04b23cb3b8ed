import { familyOf, hostsUpward, overlaps, spanOf } from '../../model/address.js';
import type { Inventory, Site } from '../../model/inventory.js';
import type { ClientPlan, MachinePlan } from '../types.js';
import { firstFree, type Layout, overlays, type RouterLayout } from './layout.js';
import { networkFiles, proxyFile } from './machine.js';
import { plainFile } from './page.js';

/** Ranges that phones and hotels hand out. The first that the inventory doesn't use is every client's own LAN. */
const LANS = [
  '172.20.10.0/24',
  '192.168.43.0/24',
  '192.168.239.0/24',
  '10.239.43.0/24',
  '172.30.43.0/24',
  '100.127.43.0/24',
];
const LAN6 = 'fdf7:c11e:47::/64';
/** Where the routers of clients have their addresses on the internet, as behind a carrier. */
const CARRIER = '100.65.0.0/24';
const CARRIER6 = '2001:db8:ffff:c11e::/64';
const WEB = ['198.18.0.80', '2001:db8:ffff:80::80'];

/** A client's place: a LAN with nothing else in it, behind a router of its own. */
export interface ClientPlace extends ClientPlan {
  readonly router: RouterLayout;
}

/** Names of all clients, each once: one that is in two networks is one device. */
export function clientNames(inventory: Inventory): readonly string[] {
  return [...new Set(inventory.networks.flatMap(({ clients }) => clients.map(({ name }) => name)))];
}

/** Gives every client a place, and their routers legs next to those of the sites. Throws RangeError when no address is left. */
export function placeClients(inventory: Inventory, { routers, ipv6 }: Layout): ClientPlace[] {
  const taken = new Set([
    ...overlays(inventory),
    ...inventory.nodes.flatMap(({ publicAddresses }) => publicAddresses),
  ]);
  const subnets = [freeLan(inventory), ...(ipv6 ? [LAN6] : [])];
  return clientNames(inventory).map((name, index) => {
    const outside = [CARRIER, ...(ipv6 ? [CARRIER6] : [])].map((range) =>
      firstFree(hostsUpward(range), taken),
    );
    for (const address of outside) taken.add(address);
    const lan = subnets.map((subnet) => ({ subnet, address: firstFree(hostsUpward(subnet), new Set()) }));
    const inside = lan.map(({ subnet, address }) => firstFree(hostsUpward(subnet), new Set([address])));
    const site: Site = {
      name: `client ${name}`,
      subnets,
      publicAddresses: outside,
      nat: true,
      forwards: [],
    };
    const number = routers.length + index;
    const router: RouterLayout = {
      site,
      namespace: `client-${name}`,
      leg: `r${number}`,
      wan: outside,
      linkLocal: `fe80::${(number + 256).toString(16)}`,
      lan,
    };
    return { name, addresses: inside, outside, router };
  });
}

/** The addresses of the lab's web server on the internet; none if no client would use it. */
export function webAddresses(inventory: Inventory, { ipv6 }: Layout): readonly string[] {
  return clientNames(inventory).length === 0 ? [] : WEB.filter((address) => ipv6 || familyOf(address) === 4);
}

export function clientNote({ name, addresses, outside }: ClientPlan): string {
  return `client ${name}: it is at ${addresses.join(' and ')}, behind its own router at ${outside.join(' and ')}`;
}

/** A client's machine: no login and no sshd; apt, and the LAN of its router. */
export function planClientMachine({ name, addresses, router }: ClientPlace): MachinePlan {
  const place = { lanAddresses: addresses, publicAddresses: [] };
  return {
    node: name,
    release: 'bookworm',
    image: 'client',
    namespace: router.namespace,
    bridge: 'lan',
    sshPorts: [],
    files: [
      plainFile('/etc/hostname', `${name}\n`),
      plainFile('/etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost\n`),
      proxyFile(addresses),
      ...networkFiles(place, router),
    ],
  };
}

function freeLan(inventory: Inventory): string {
  const used = [
    ...inventory.sites.flatMap((site) => site.subnets),
    ...inventory.networks.flatMap(({ ranges, advertises }) => [
      ...ranges,
      ...advertises.flatMap(({ subnets }) => subnets),
    ]),
  ];
  const free = LANS.find((lan) => !used.some((range) => overlaps(spanOf(lan), spanOf(range))));
  if (free === undefined) throw new RangeError("no range is left for the clients' own LANs");
  return free;
}
