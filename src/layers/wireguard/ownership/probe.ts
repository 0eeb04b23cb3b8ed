import type { Network } from '../../../model/inventory.js';
import { byName, type Question } from '../../../remote/question.js';
import { ownerFact, type SeenInterface } from '../tunnel/live.js';

/** The evidence of who owns the networks' interfaces, by name. */
export function ownersFact(networks: readonly Network[]): Question<ReadonlyMap<string, SeenInterface>> {
  return byName(
    networks.map((network) => network.interface),
    ownerFact,
  );
}
