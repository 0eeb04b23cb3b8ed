import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { lintCertificates } from './certificates.js';
import { lintFamilies } from './families.js';
import { lintHosts } from './hosts.js';
import { lintPorts } from './ports.js';
import { lintRelays } from './relays.js';
import { lintTargets } from './targets.js';
import { lintNobody, lintVisitors } from './visitors.js';

const PARTS = [
  lintHosts,
  lintPorts,
  lintTargets,
  lintRelays,
  lintFamilies,
  lintVisitors,
  lintNobody,
  lintCertificates,
];

/** Apps that get in each other's way, or that can't work as they are written. */
export function lintApps(inventory: Inventory): Lint[] {
  return PARTS.flatMap((lint) => lint(inventory));
}
