import fc from 'fast-check';
import type { Forward, Inventory, Node, Site } from '../../src/inventory/types.js';
import { PLAIN_MESH } from '../fixtures/plain-mesh.js';

interface SitePlan {
  readonly nat: boolean;
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
      sites: sites.map((plan, s) => makeSite(plan, s, nodes, port)),
      nodes: nodes.map((plan, n) => makeNode(plan, n, sites)),
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

function makeSite(plan: SitePlan, s: number, nodes: readonly NodePlan[], port: number): Site {
  const publicAddresses = pick(plan.outside, `203.0.113.${s + 1}`, `2001:db8:f::${s + 1}`);
  const forwards = nodes.flatMap((node, n): Forward[] =>
    node.site === s && node.forwarded && publicAddresses.length > 0
      ? [{ protocol: 'udp', port: 40000 + n, node: `n-${n}`, nodePort: port }]
      : [],
  );
  const subnets = pick(plan.lan, `10.0.${s}.0/24`, `fd00:${s}::/64`);
  return { name: `s-${s}`, subnets, publicAddresses, nat: plan.nat, forwards };
}

function makeNode(plan: NodePlan, n: number, sites: readonly SitePlan[]): Node {
  const site = sites[plan.site];
  return {
    name: `n-${n}`,
    ...(site && { site: `s-${plan.site}` }),
    publicAddresses: pick(plan.outside, `198.51.100.${n + 1}`, `2001:db8:a::${n + 1}`),
    lanAddresses: site ? onLan(plan, n, site.lan) : [],
    ssh: { host: `n-${n}`, hostKeys: [], sudo: 'auto' },
    release: 'bookworm',
  };
}

/** A LAN of one family gives an address of that family; in one of both a node may have either or both. */
function onLan(plan: NodePlan, n: number, families: 4 | 6 | 46): string[] {
  return pick(
    families === 46 ? plan.lan : families,
    `10.0.${plan.site}.${n + 10}`,
    `fd00:${plan.site}::${n + 10}`,
  );
}
