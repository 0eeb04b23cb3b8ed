import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';

/** Names that lead to two apps. Those of `tcp` and `udp` only say where visitors find a port. */
export function lintHosts({ apps }: Inventory): Lint[] {
  const taken = new Map<string, string>();
  return apps
    .filter(({ kind }) => kind === 'http' || kind === 'tls')
    .flatMap(({ name, hosts }) =>
      hosts.flatMap((host): Lint[] => {
        const owner = taken.get(host);
        if (owner === undefined) {
          taken.set(host, name);
          return [];
        }
        const message = owner === name ? `duplicate name ${host}` : `${host} is already the name of ${owner}`;
        const fix = owner === name ? 'keep one of them' : 'give each app a name of its own';
        return [{ severity: 'error', path: ['apps', name, 'host'], value: host, message, fix }];
      }),
    );
}
