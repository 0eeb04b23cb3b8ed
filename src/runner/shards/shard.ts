import { LAYERS } from '../../layers/table.js';
import type { Inventory } from '../../model/inventory.js';

/** One of several runs that share an inventory's nodes between them. */
export interface Shard {
  /** Counted from 1. */
  readonly index: number;
  /** How many there are. */
  readonly of: number;
}

/** `2/3`. */
export const shardText = ({ index, of }: Shard): string => `${index}/${of}`;

/**
 * Names of the nodes that are a shard's to change and to measure from, in the order of the inventory. Nodes are dealt out in
 * turn, those first that pass packets on for others and so have the most to change: no two shards differ by more than one
 * node, nor by more than one of those. Every controller that has the same inventory gets the same shares.
 */
export function nodesOfShard(inventory: Inventory, { index, of }: Shard): string[] {
  const carries = (name: string): boolean => LAYERS.some((layer) => layer.carries?.(inventory, name));
  const names = inventory.nodes.map(({ name }) => name);
  const dealt = [...names.filter(carries), ...names.filter((name) => !carries(name))];
  const own = new Set(dealt.filter((_, turn) => turn % of === index - 1));
  return names.filter((name) => own.has(name));
}
