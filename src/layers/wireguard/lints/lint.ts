import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { lintAddresses } from './addresses.js';
import { lintAdvertised } from './advertised.js';
import { lintClients } from './clients.js';
import { lintFamilies } from './families.js';
import { lintHabits } from './habits.js';
import { lintOverlaps } from './overlaps.js';
import { lintPorts } from './ports.js';
import { lintSameLans } from './same-lans.js';
import { lintShape } from './shape.js';
import { lintUnmanaged } from './unmanaged.js';

const PARTS = [
  lintShape,
  lintAddresses,
  lintFamilies,
  lintOverlaps,
  lintSameLans,
  lintAdvertised,
  lintClients,
  lintUnmanaged,
  lintPorts,
  lintHabits,
];

/** Problems of single entries and of pairs of them; also works on an inventory that is only partly valid. */
export function lintParts(inventory: Inventory): Lint[] {
  return PARTS.flatMap((lint) => lint(inventory));
}
