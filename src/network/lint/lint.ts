import type { Inventory } from '../../inventory/types.js';
import { lintAddresses } from './addresses.js';
import { lintHabits } from './habits.js';
import { lintOverlaps } from './overlaps.js';
import { lintPorts } from './ports.js';
import { lintReachability } from './reachability.js';
import type { Lint } from './types.js';

/** What is wrong with each thing by itself and with two side by side; holds for an inventory that is only partly sound, too. */
export function lintParts(inventory: Inventory): Lint[] {
  return [lintAddresses, lintOverlaps, lintPorts, lintHabits].flatMap((lint) => lint(inventory));
}

/** Everything that the network code can say of an inventory. An inventory without errors gives networks in which every pair reaches each other. */
export function lintInventory(inventory: Inventory): Lint[] {
  return [...lintParts(inventory), ...lintReachability(inventory)];
}
