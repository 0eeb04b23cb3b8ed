import { familyOf, networkOf } from '../../model/address.js';
import { atlasOf } from '../../model/atlas.js';
import type { Forward, Inventory } from '../../model/inventory.js';
import { type RouterLayout, subnetsOfFamily } from './layout.js';

/** The nftables table of a lab's router; tests take single rules out of it. */
export const ROUTER_TABLE = 'bridgehead_lab';

/** Comment of a forward's rule: `udp 51820 to wk-1 port 51820`. */
export function forwardComment(forward: Forward): string {
  return `${forward.protocol} ${forward.port} to ${forward.node} port ${forward.nodePort}`;
}

/**
 * Rules of a home router: masquerade, one dnat rule per forward, and nothing unasked for from outside.
 * A router without NAT keeps its forwards and lets everything through. Hairpin NAT is not provided.
 */
export function routerRules(router: RouterLayout, inventory: Inventory): string {
  const { site } = router;
  const dnat = site.forwards.flatMap((forward) => dnatRules(router, forward, inventory));
  const chains = [
    chain('prerouting', 'type nat hook prerouting priority dstnat; policy accept;', dnat),
    chain(
      'postrouting',
      'type nat hook postrouting priority srcnat; policy accept;',
      site.nat ? masquerade(router) : [],
    ),
    ...(site.nat
      ? [
          guardChain('forward', ['ct status dnat accept']),
          guardChain('input', ['meta l4proto { icmp, ipv6-icmp } accept']),
        ]
      : []),
  ];
  return [`table inet ${ROUTER_TABLE} {`, ...chains, '}', ''].join('\n');
}

/** Rules of one forward: one per address family that both the router's public side and the node have. */
export function dnatRules(router: RouterLayout, forward: Forward, inventory: Inventory): string[] {
  const node = atlasOf(inventory).nodes.get(forward.node);
  return ([4, 6] as const).flatMap((family) => {
    const outside = router.wan.filter((address) => familyOf(address) === family);
    const inside = node?.lanAddresses.find((address) => familyOf(address) === family);
    if (outside.length === 0 || inside === undefined) return [];
    const [ip, target] = family === 4 ? ['ip', inside] : ['ip6', `[${inside}]`];
    return [
      `iifname "wan" ${ip} daddr { ${outside.join(', ')} } ${forward.protocol} dport ${forward.port} ` +
        `dnat ${ip} to ${target}:${forward.nodePort} comment "${forwardComment(forward)}"`,
    ];
  });
}

function masquerade(router: RouterLayout): string[] {
  return ([4, 6] as const).flatMap((family) => {
    const subnets = subnetsOfFamily(router.site, family).map(networkOf);
    if (subnets.length === 0) return [];
    return [`oifname "wan" ${family === 4 ? 'ip' : 'ip6'} saddr { ${subnets.join(', ')} } masquerade`];
  });
}

function guardChain(hook: 'forward' | 'input', allowed: readonly string[]): string {
  return chain(hook, `type filter hook ${hook} priority filter; policy accept;`, [
    'iifname "wan" ct state established,related accept',
    ...allowed.map((rule) => `iifname "wan" ${rule}`),
    'iifname "wan" drop',
  ]);
}

function chain(name: string, hook: string, rules: readonly string[]): string {
  return [`  chain ${name} {`, `    ${hook}`, ...rules.map((rule) => `    ${rule}`), '  }'].join('\n');
}
