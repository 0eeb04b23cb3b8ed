import type { Inventory } from '../../../model/inventory.js';
import { lintAddresses } from './addresses.js';
import { lintAdvertised } from './advertised.js';
import { lintClients } from './clients.js';
import { lintFamilies } from './families.js';
import { lintHabits } from './habits.js';
import { lintOverlaps } from './overlaps.js';
import { lintPorts } from './ports.js';
import { lintReachability } from './reachability.js';
import { lintSameLans } from './same-lans.js';
import { lintShape } from './shape.js';
import type { Lint } from './types.js';

const PARTS = [
  lintShape,
  lintAddresses,
  lintFamilies,
  lintOverlaps,
  lintSameLans,
  lintAdvertised,
  lintClients,
  lintPorts,
  lintHabits,
];

/** What is wrong with each thing by itself and with two side by side; holds for an inventory that is only partly sound, too. */
export function lintParts(inventory: Inventory): Lint[] {
  return PARTS.flatMap((lint) => lint(inventory));
}

/** Everything that the network code can say of an inventory. An inventory without errors gives networks in which every pair reaches each other. */
export function lintInventory(inventory: Inventory): Lint[] {
  return [...lintParts(inventory), ...lintReachability(inventory)];
}
