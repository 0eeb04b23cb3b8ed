import type { Inventory, Network } from '../../../model/inventory.js';
import type { World } from './types.js';

/** What happens to the existing inventory; `new` if there is none, or if another replaces it. */
export type Mode = 'new' | 'keep' | 'add';

export function modeOf({ seen, answers }: World): Mode {
  if (seen.existing === undefined || answers.existing === 'anew') return 'new';
  return answers.existing === 'add' ? 'add' : 'keep';
}

/** The inventory that machines are added to. */
export const addedTo = (world: World): Inventory | undefined =>
  modeOf(world) === 'add' ? world.seen.existing : undefined;

/** The network that they join. */
export function joined(world: World): Network | undefined {
  const networks = addedTo(world)?.networks ?? [];
  return networks.find(({ name }) => name === world.answers.network) ?? networks[0];
}
