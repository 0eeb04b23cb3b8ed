import { BridgeheadError } from '../core/errors.js';
import type { Inventory } from '../model/inventory.js';
import type { Playbook } from '../playbook/types.js';
import { unknownWord } from './locate.js';
import type { Options } from './options.js';

export interface Selection {
  /** Phase names in the order of the playbook; empty means all. */
  readonly phases: readonly string[];
  /** Node names in the order of the inventory; empty means all. */
  readonly only: readonly string[];
}

/** The phases and nodes that the options name. Throws E_USAGE for a name that doesn't exist, and for a shard that is empty. */
export function select(
  { phase, from, only, shard }: Pick<Options, 'phase' | 'from' | 'only' | 'shard'>,
  inventory: Inventory,
  playbook: Playbook,
): Selection {
  const phases = playbook.phases.map(({ name }) => name);
  const nodes = inventory.nodes.map(({ name }) => name);
  if (shard !== undefined && shard.of > nodes.length) {
    const has = nodes.length === 1 ? '1 node' : `${nodes.length} nodes`;
    throw new BridgeheadError('E_USAGE', `${inventory.name} has ${has}, too few for ${shard.of} shards`, {
      fix: `use at most ${nodes.length} shards: --shard 1/${nodes.length}`,
    });
  }
  return {
    phases: from === undefined ? pick('phase', phase, phases) : phasesFrom(from, phases),
    only: pick('node', only, nodes),
  };
}

/** `from` and every phase after it. */
export function phasesFrom(from: string, phases: readonly string[]): string[] {
  const start = phases.indexOf(from);
  if (start < 0) throw unknownWord('phase', from, phases);
  return phases.slice(start);
}

/** The wanted ones of the known names, in the order of the known. Throws E_USAGE for an unknown name. */
export function pick(what: string, wanted: readonly string[], known: readonly string[]): string[] {
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownWord(what, unknown, known);
  return known.filter((name) => wanted.includes(name));
}
