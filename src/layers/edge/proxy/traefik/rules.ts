import { isWildcard } from '../../inventory/host-name.js';

/** `*.example.com` as a regular expression: any one label, then the rest. */
const wildcardPattern = (host: string): string => `^[^.]+${host.slice(1).replaceAll('.', '\\.')}$`;

function anyOf(hosts: readonly string[], exact: string, pattern: string): string {
  return hosts
    .map((host) => (isWildcard(host) ? `${pattern}(\`${wildcardPattern(host)}\`)` : `${exact}(\`${host}\`)`))
    .join(' || ');
}

export const hostRule = (hosts: readonly string[]): string => anyOf(hosts, 'Host', 'HostRegexp');
export const sniRule = (hosts: readonly string[]): string => anyOf(hosts, 'HostSNI', 'HostSNIRegexp');

/**
 * Which router gets a request that several match. Without it Traefik takes the one with the longest rule, and a wildcard's is
 * longer than that of most names. Two wildcards match no name together, as each stands for one label. The ranks of names and
 * wildcards are above and below the length of any rule, so that they hold beside files that have none.
 */
export const RANK = { order: 2_000_000, name: 1_000_000, wildcard: 1 } as const;

/** What an app has a router for: its names, and its wildcards, which come after the names of all other apps. */
export function matchesOf(
  hosts: readonly string[],
  ruleOf: (hosts: readonly string[]) => string,
): readonly { readonly rule: string; readonly priority: number }[] {
  const parts = [
    { of: hosts.filter((host) => !isWildcard(host)), priority: RANK.name },
    { of: hosts.filter(isWildcard), priority: RANK.wildcard },
  ];
  return parts.flatMap(({ of, priority }) => (of.length > 0 ? [{ rule: ruleOf(of), priority }] : []));
}
