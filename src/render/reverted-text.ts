import type { EventOf } from './event-table.js';
import { count } from './text.js';

/** What was taken back, in one line: `undone by the node itself: 3 items (wg0, nftables, …)`. */
export function revertedText(event: Omit<EventOf<'guard-reverted'>, 'type' | 'phase' | 'node'>): string {
  const { by, earlier, undone, failed } = event;
  const whose = earlier === undefined ? '' : `the change of run ${earlier} was `;
  const who = by === 'node' ? 'by the node itself' : 'at once';
  const rest = failed.length === 0 ? '' : `; ${count(failed.length, 'item')} NOT undone`;
  return `${whose}undone ${who}: ${count(undone.length, 'item')}${rest}`;
}
