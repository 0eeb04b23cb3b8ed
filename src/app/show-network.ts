import { LAYERS } from '../layers/table.js';
import type { Inventory } from '../model/inventory.js';
import { drawNetwork } from '../render/network/draw.js';
import { afterApply } from '../render/next-steps.js';
import { type Options, targetOptions } from './options.js';
import { type Io, paintFor, widthOf } from './terminal/io.js';

/** Larger networks are drawn on request alone, by `validate --draw`. */
const MOST_NODES = 16;

/** Draws the network that an apply has brought up, and says how to use it; in a rehearsal, whose machines go away, only the former. */
export function showNetwork(
  inventory: Inventory,
  options: Pick<Options, 'playbook' | 'color'>,
  io: Io,
): void {
  const paint = paintFor(io, 'stdout', options.color);
  if (inventory.nodes.length <= MOST_NODES) {
    const calls = LAYERS.flatMap((layer) => layer.describe?.(inventory)?.calls ?? []);
    io.stdout.write(`\n${drawNetwork(inventory, calls, { width: widthOf(io), paint })}`);
  }
  if (io.env['BRIDGEHEAD_REHEARSAL'] === undefined)
    io.stdout.write(afterApply(inventory, targetOptions(options, inventory), paint));
}
