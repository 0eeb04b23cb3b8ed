import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { letIn } from '../proxy/sources.js';

const KEYS = ['allow', 'deny'] as const;

/** Apps whose `deny` leaves nobody: a proxy takes no rule for nobody, and then doesn't serve the app. */
export function lintNobody({ apps }: Inventory): Lint[] {
  return apps.flatMap(({ name, kind, options: { allow, deny } }): Lint[] => {
    if (deny === undefined || letIn(allow, deny)?.length !== 0) return [];
    const shut = kind === 'http' ? 'write options.maintenance: true in its place, or ' : '';
    return [
      {
        severity: 'error',
        path: ['apps', name, 'options', 'deny'],
        message: `nobody is let in: it has ${allow === undefined ? 'all addresses' : 'all that allow has'}`,
        fix: `${shut}remove ${name} as long as nobody is to reach it`,
      },
    ];
  });
}

/** Who is let in to a UDP app, if nobody would enforce it: proxies let all of its packets in, and only a closed edge has rules. */
export function lintVisitors({ apps, closed }: Inventory): Lint[] {
  return apps.flatMap(({ name, kind, edges, options }) => {
    const [open] = edges.filter((edge) => !closed.includes(edge));
    if (kind !== 'udp' || open === undefined) return [];
    return KEYS.filter((key) => options[key] !== undefined).map(
      (key): Lint => ({
        severity: 'error',
        path: ['apps', name, 'options', key],
        message: `with udp, only a firewall could enforce it, and no firewall rule names ${open}`,
        fix: `add one, such as "firewall: [{ on: ${open}, allow: [ssh] }]", or remove it`,
      }),
    );
  });
}
