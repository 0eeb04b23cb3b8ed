import type { Inventory, Opening } from '../../model/inventory.js';
import type { SeenFirewall } from './probe/seen.js';

/** Whose firewall closes a node: the one that is on there, or our own table. */
export type Closer = 'ufw' | 'firewalld' | 'table';

export function closerOf({ ufw, firewalld }: SeenFirewall): Closer {
  if (ufw?.enabled) return 'ufw';
  return firewalld?.running ? 'firewalld' : 'table';
}

/** Where sshd takes logins, or will after its next start; that of this very login first. */
export const sshPortsOf = ({ login, sshPorts }: Pick<SeenFirewall, 'login' | 'sshPorts'>): number[] => [
  ...new Set([...(login ? [login.port] : []), ...sshPorts]),
];

/** The openings of a node, with every port of sshd in place of the one that the inventory knows. SSH first. */
export function openingsOn(inventory: Inventory, node: string, seen: SeenFirewall): Opening[] {
  const own = inventory.openings.filter((one) => one.node === node);
  const ports = sshPortsOf(seen);
  const ssh = own
    .filter(({ isSsh }) => isSsh)
    .flatMap((one) => (ports.length === 0 ? [one] : ports.map((port) => ({ ...one, port }))));
  return distinct([...ssh, ...own.filter(({ isSsh }) => !isSsh)]);
}

/** Two layers may need the same port. */
function distinct(openings: readonly Opening[]): Opening[] {
  const keyOf = ({ because: _, isSsh: __, neededBy: ___, ...rest }: Opening): string => JSON.stringify(rest);
  const seen = new Set<string>();
  return openings.filter((one) => {
    const key = keyOf(one);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
