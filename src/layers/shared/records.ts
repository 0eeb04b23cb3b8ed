import { sha256 } from '../../core/sha256.js';
import type { Node } from '../../model/inventory.js';

/** Where the records of who owns an interface are: next to its files, to be kept, reverted and copied with them. */
export const RECORDS = '/etc/wireguard/.bridgehead';

/** Identifies a node even if the inventory is moved to another file. */
export function markOf({ name, ssh }: Pick<Node, 'name' | 'ssh'>): string {
  return sha256(`${name}\n${ssh.host}`).slice(0, 16);
}
