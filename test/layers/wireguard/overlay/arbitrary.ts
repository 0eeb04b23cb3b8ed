import fc from 'fast-check';
import type { Lint } from '../../../../src/layers/lint.js';
import { lintParts } from '../../../../src/layers/wireguard/lints/lint.js';
import { lintReachability } from '../../../../src/layers/wireguard/lints/reachability.js';
import type {
  Advertised,
  Client,
  Forward,
  Inventory,
  Network,
  Node,
  Site,
} from '../../../../src/model/inventory.js';
import { BARE } from '../../../fixtures/bare.js';
import { PLAIN_MESH } from '../../../fixtures/plain-mesh.js';

interface SitePlan {
  readonly nat: boolean;
  /** Behind NAT its LAN is the one that every such site has. */
  readonly alike: boolean;
  readonly lan: 4 | 6 | 46;
  readonly outside: 0 | 4 | 6 | 46;
}

interface NodePlan {
  /** Index of its site; -1: on the internet. */
  readonly site: number;
  readonly outside: 0 | 4 | 6 | 46;
  readonly forwarded: boolean;
  /** Families of its LAN addresses, as far as the LAN has them. */
  readonly lan: 4 | 6 | 46;
}

const FAMILIES = [4, 6, 46] as const;
const sitePlan = fc.record<SitePlan>({
  nat: fc.boolean(),
  alike: fc.boolean(),
  lan: fc.constantFrom(...FAMILIES),
  outside: fc.constantFrom(0, ...FAMILIES),
});
const nodePlan = fc.record<NodePlan>({
  site: fc.integer({ min: -1, max: 2 }),
  outside: fc.constantFrom(0, 0, ...FAMILIES),
  forwarded: fc.boolean(),
  lan: fc.constantFrom(46, ...FAMILIES),
});

const pick = (families: 0 | 4 | 6 | 46, four: string, six: string): string[] =>
  families === 0 ? [] : families === 4 ? [four] : families === 6 ? [six] : [four, six];

/** Inventories of up to seven nodes in up to three sites, of every mixture of families, NAT and forwards; many can't work. */
export const inventories: fc.Arbitrary<Inventory> = fc
  .record({
    sites: fc.array(sitePlan, { minLength: 3, maxLength: 3 }),
    nodes: fc.array(nodePlan, { minLength: 2, maxLength: 7 }),
    relay: fc.option(fc.nat({ max: 6 }), { nil: undefined }),
    overlay: fc.constantFrom(...FAMILIES),
    port: fc.constantFrom(51820, 53110),
  })
  .map(({ sites, nodes, relay, overlay, port }) => {
    const names = nodes.map((_, i) => `n-${i}`);
    return {
      file: 'generated.yaml',
      name: 'generated',
      lab: {},
      ...BARE,
      sites: sites.map((plan, s) => makeSite(plan, s, nodes, port)),
      nodes: nodes.map((plan, n) => makeNode(plan, n, sites, nodes)),
      networks: [
        {
          name: 'mesh',
          interface: 'wg0',
          ranges: pick(overlay, '172.27.15.0/24', 'fd27:15::/64'),
          ...PLAIN_MESH,
          port,
          mtu: 1420,
          keepalive: 25,
          ...(relay !== undefined && { relay: `n-${relay % nodes.length}` }),
          members: names.map((node, n) => ({
            node,
            addresses: pick(overlay, `172.27.15.${n + 1}`, `fd27:15::${n + 1}`),
          })),
        },
      ],
    };
  });

/** What is laid over a mesh to make another network of the same nodes. */
interface ShapePlan {
  /** Indexes of nodes; none: it stays a mesh. */
  readonly hubs: readonly number[];
  /** For each node and client the index among the hubs. */
  readonly calls: readonly number[];
  /** Nodes that advertise their site's LAN, or else one that only they know. */
  readonly gateways: readonly number[];
  readonly clients: readonly ClientPlan[];
  /** Per node, the families to keep of its overlay addresses. */
  readonly kept: readonly (4 | 6 | 46)[];
}

interface ClientPlan {
  readonly full: boolean;
  readonly keyed: boolean;
}

const shapePlan = (hubs: fc.Arbitrary<number[]>, kept: fc.Arbitrary<4 | 6 | 46>): fc.Arbitrary<ShapePlan> =>
  fc.record({
    hubs,
    calls: fc.array(fc.nat({ max: 3 }), { minLength: 10, maxLength: 10 }),
    gateways: fc.uniqueArray(fc.nat({ max: 6 }), { maxLength: 3 }),
    clients: fc.array(fc.record({ full: fc.boolean(), keyed: fc.boolean() }), { maxLength: 3 }),
    kept: fc.array(kept, { minLength: 7, maxLength: 7 }),
  });

const some = fc.uniqueArray(fc.nat({ max: 6 }), { minLength: 1, maxLength: 3 });

/** The same with one to three hubs, gateways and clients. All have an address of each family of the overlay. */
export const hubInventories: fc.Arbitrary<Inventory> = fc
  .tuple(inventories, shapePlan(some, fc.constant(46)))
  .map(([inventory, plan]) => reshape(inventory, plan));

/** Meshes and hub networks with gateways, in which some members have one of the overlay's families alone. */
export const mixedInventories: fc.Arbitrary<Inventory> = fc
  .tuple(inventories, shapePlan(fc.oneof(fc.constant<number[]>([]), some), fc.constantFrom(46, 46, 46, 4, 6)))
  .map(([inventory, plan]) => reshape(inventory, plan));

function reshape(inventory: Inventory, plan: ShapePlan): Inventory {
  const [mesh] = inventory.networks as [Network];
  const { relay, ...base } = mesh;
  const names = mesh.members.map(({ node }) => node);
  const name = (index: number): string => `n-${index % names.length}`;
  const hubs = [...new Set(plan.hubs.map(name))];
  const clients = hubs.length === 0 ? [] : plan.clients.map((one, c) => makeClient(mesh, one, c));
  const callers = [...names.filter((one) => !hubs.includes(one)), ...clients.map((one) => one.name)];
  const calls = (index: number): string => hubs[(plan.calls[index] ?? 0) % hubs.length] ?? '';
  const network: Network = {
    ...base,
    ...(hubs.length === 0 && relay !== undefined && { relay }),
    shape: hubs.length > 0 ? 'hub' : 'mesh',
    hubs,
    hubOf: hubs.length > 0 ? Object.fromEntries(callers.map((one, i) => [one, calls(i)])) : {},
    internet: hubs.length > 0,
    members: mesh.members.map(({ node, addresses }, n) => ({
      node,
      addresses: keep(addresses, plan.kept[n] ?? 46),
    })),
    advertises: advertised(inventory, [...new Set(plan.gateways.map(name))], mesh.ranges),
    clients,
  };
  return { ...inventory, networks: [network] };
}

/** Never none: a member has an address at least. */
function keep(addresses: readonly string[], families: 4 | 6 | 46): readonly string[] {
  const kept = addresses.filter((one) => families === 46 || (families === 6) === one.includes(':'));
  return kept.length > 0 ? kept : addresses;
}

function makeClient({ ranges }: Network, { full, keyed }: ClientPlan, c: number): Client {
  const both = [`172.27.15.${c + 101}`, `fd27:15::${c + 101}`];
  const families = new Set(ranges.map((range) => range.includes(':')));
  return {
    name: `c-${c}`,
    addresses: both.filter((address) => families.has(address.includes(':'))),
    ...(keyed && { publicKey: `${'A'.repeat(41)}${c}A=` }),
    tunnel: full ? 'full' : 'split',
    dns: [],
    reach: 'all',
  };
}

/** Of two gateways in one site the first has the LAN. */
function advertised(
  inventory: Inventory,
  gateways: readonly string[],
  ranges: readonly string[],
): Advertised[] {
  const families = new Set(ranges.map((range) => range.includes(':')));
  const taken = new Set<string>();
  return gateways.flatMap((node): Advertised[] => {
    const home = inventory.nodes.find(({ name }) => name === node)?.site;
    const lan = inventory.sites.find(({ name }) => name === home)?.subnets ?? [];
    const n = node.slice(2);
    // A LAN that another site has, too, can't be advertised.
    const alone = !inventory.sites.some(
      ({ name, subnets }) => name !== home && subnets.some((one) => lan.includes(one)),
    );
    const wanted =
      home !== undefined && alone && !taken.has(home) ? lan : [`10.99.${n}.0/24`, `fd99:a${n}::/64`];
    if (home !== undefined) taken.add(home);
    const subnets = wanted.filter((subnet) => families.has(subnet.includes(':')));
    return subnets.length === 0 ? [] : [{ node, subnets, nat: 'masquerade' }];
  });
}

function makeSite(plan: SitePlan, s: number, nodes: readonly NodePlan[], port: number): Site {
  const publicAddresses = pick(plan.outside, `203.0.113.${s + 1}`, `2001:db8:f::${s + 1}`);
  const forwards = nodes.flatMap((node, n): Forward[] =>
    node.site === s && node.forwarded && publicAddresses.length > 0
      ? [{ protocol: 'udp', port: 40000 + n, node: `n-${n}`, nodePort: port }]
      : [],
  );
  const lan = lanNumber(plan, s);
  const subnets = pick(plan.lan, `10.0.${lan}.0/24`, `fd00:a${lan}::/64`);
  return { name: `s-${s}`, subnets, publicAddresses, nat: plan.nat, forwards };
}

const lanNumber = (plan: SitePlan | undefined, site: number): number => (plan?.alike && plan.nat ? 99 : site);

function makeNode(plan: NodePlan, n: number, sites: readonly SitePlan[], nodes: readonly NodePlan[]): Node {
  const site = sites[plan.site];
  // Counted within the site, so that machines of two sites that are alike have one address.
  const host = nodes.slice(0, n).filter((other) => other.site === plan.site).length;
  return {
    name: `n-${n}`,
    ...(site && { site: `s-${plan.site}` }),
    publicAddresses: pick(plan.outside, `198.51.100.${n + 1}`, `2001:db8:a::${n + 1}`),
    lanAddresses: site ? onLan(plan, host, site) : [],
    ssh: { host: `n-${n}`, hostKeys: [], sudo: 'auto' },
    release: 'bookworm',
  };
}

/** A LAN of one family gives an address of that family; in one of both a node may have either or both. */
function onLan(plan: NodePlan, host: number, site: SitePlan): string[] {
  const lan = lanNumber(site, plan.site);
  return pick(
    site.lan === 46 ? plan.lan : site.lan,
    `10.0.${lan}.${host + 10}`,
    `fd00:a${lan}::${host + 10}`,
  );
}

/** Everything that the layer says of an inventory that is sound by itself. */
export function lintInventory(inventory: Inventory): readonly Lint[] {
  return [...lintParts(inventory), ...lintReachability(inventory)];
}
