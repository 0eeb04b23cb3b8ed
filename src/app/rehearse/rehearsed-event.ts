import { resolve } from 'node:path';
import type { Inventory } from '../../model/inventory.js';
import type { StampedEvent } from '../../runner/events/events.js';

/** An event with the user's own inventory in place of the lab's copy. */
export function asOwn(event: StampedEvent, { file }: Inventory): StampedEvent {
  if (event.type !== 'run-started') return event;
  return { ...event, inventory: { ...event.inventory, file: resolve(file) } };
}
