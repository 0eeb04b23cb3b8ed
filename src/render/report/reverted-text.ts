import { count } from '../../core/text.js';
import type { EventOf } from '../event-table.js';

/** What was reverted, in one line: `reverted by the node itself: 3 items`. */
export function revertedText(event: Omit<EventOf<'guard-reverted'>, 'type' | 'phase' | 'node'>): string {
  const { by, earlier, reverted, failed } = event;
  const whose = earlier === undefined ? '' : `the change of run ${earlier} was `;
  const who = by === 'node' ? 'by the node itself' : 'immediately';
  const rest = failed.length === 0 ? '' : `; ${count(failed.length, 'item')} NOT reverted`;
  return `${whose}reverted ${who}: ${count(reverted.length, 'item')}${rest}`;
}
