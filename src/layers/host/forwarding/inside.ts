/** What interfaces to containers and guests of the machine itself are called. */
const INSIDE = ['docker', 'br-', 'podman', 'cni', 'cali', 'veth', 'flannel', 'vxlan', 'cilium'].concat([
  'lxc',
  'lxdbr',
  'incusbr',
  'virbr',
]);
/** LANs that are called so, too. */
const LANS = ['br-lan', 'br-wan'];

export const isCalledInside = (name: string): boolean => INSIDE.some((prefix) => name.startsWith(prefix));

/** Rules of a chain: what comes from the inside is accepted. */
export function insideRules(uplinks: readonly string[]): string[] {
  const out = [...new Set([...LANS, ...uplinks])].map((name) => `"${name}"`);
  return [`iifname { ${out.join(', ')} } return`, ...INSIDE.map((prefix) => `iifname "${prefix}*" accept`)];
}
