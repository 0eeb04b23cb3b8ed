import { callsOf } from '../layers/index.js';
import type { Inventory } from '../model/inventory.js';
import { drawNetwork } from '../render/network/draw.js';
import { afterApply, afterPlan } from '../render/next-steps.js';
import type { Mode } from '../runner/events/commands.js';
import { type Options, targetOptions } from './options.js';
import { type Io, paintFor, widthOf } from './terminal/io.js';

/** Larger networks are drawn on request only, by `validate --draw`. */
const MOST_NODES = 16;

/** The network as a drawing; undefined for a large one. */
export function pictureOf(
  inventory: Inventory,
  { color }: Pick<Options, 'color'>,
  io: Io,
): string | undefined {
  if (inventory.nodes.length > MOST_NODES) return undefined;
  return drawNetwork(inventory, callsOf(inventory), {
    width: widthOf(io),
    paint: paintFor(io, 'stdout', color),
  });
}

/** After a plan with changes, the command that makes them; after an apply that made some, how to use the network. */
export function whatNext(command: Mode, inventory: Inventory, options: Options, io: Io): string {
  const paint = paintFor(io, 'stdout', options.color);
  const target = targetOptions(options, inventory);
  if (command === 'apply') return afterApply(inventory, target, { paint, width: widthOf(io) });
  return isPart(options) ? '' : afterPlan(target, paint);
}

/** Whether only a part of the playbook or of the nodes was selected. */
function isPart({ phase, from, only, shard }: Options): boolean {
  return phase.length > 0 || from !== undefined || only.length > 0 || shard !== undefined;
}
