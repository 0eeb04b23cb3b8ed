import { isMember } from '../../model/atlas.js';
import type { Inventory } from '../../model/inventory.js';
import type { NodeRuns } from './kept-runs.js';

/**
 * Nodes on which a run touched interfaces of one network, as sets: were it undone on some of them alone, their tunnels
 * would not fit the others'. An interface that the inventory doesn't know any more is recognised by its name.
 */
export function undoneTogether(
  { networks }: Pick<Inventory, 'networks'>,
  undoing: string,
  kept: readonly NodeRuns[],
): string[][] {
  const sets = new Map<string, Set<string>>();
  for (const { node, runs } of kept) {
    const phases = runs.filter(({ run }) => run === undoing).flatMap((one) => one.phases);
    const standing = phases.filter(({ outcome }) => outcome !== 'reverted');
    for (const name of standing.flatMap(({ interfaces = [] }) => interfaces)) {
      const network = networks.find((one) => one.interface === name && isMember(one, node));
      const key = network === undefined ? `interface ${name}` : `network ${network.name}`;
      sets.set(key, (sets.get(key) ?? new Set()).add(node));
    }
  }
  return [...sets.values()].map((set) => [...set]).filter((set) => set.length > 1);
}
