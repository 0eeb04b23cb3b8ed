import { count } from '../../core/text.js';
import type { EventOf } from '../event-table.js';

/** What a run was given, in one line: `apply: home with mesh, 4 nodes`, `undo: home, 4 nodes`. */
export function givenText({
  command,
  inventory,
  playbook,
  nodes,
}: Pick<EventOf<'run-started'>, 'command' | 'inventory' | 'playbook' | 'nodes'>): string {
  const using = playbook === undefined ? '' : ` with ${playbook.name}`;
  return `${command}: ${inventory.name}${using}, ${count(nodes.length, 'node')}`;
}
