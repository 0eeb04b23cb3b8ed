import { LAYERS } from '../layers/table.js';
import type { Inventory } from '../model/inventory.js';
import { drawNetwork } from '../render/network/draw.js';
import { afterApply, afterPlan } from '../render/next-steps.js';
import type { Command } from '../runner/events/events.js';
import { type Options, targetOptions } from './options.js';
import { type Io, paintFor, widthOf } from './terminal/io.js';

/** Larger networks are drawn on request only, by `validate --draw`. */
const MOST_NODES = 16;

/**
 * After a plan with changes, the command that makes them; after an apply that made some, the network as a drawing, and how
 * to use it. In a rehearsal, whose machines go away, only the drawing.
 */
export function showWhatNext(command: Command, inventory: Inventory, options: Options, io: Io): void {
  const paint = paintFor(io, 'stdout', options.color);
  const target = targetOptions(options, inventory);
  const isRehearsal = io.env['BRIDGEHEAD_REHEARSAL'] !== undefined;
  const write = (text: string) => void io.stdout.write(text);
  if (command === 'apply' && inventory.nodes.length <= MOST_NODES) {
    const calls = LAYERS.flatMap((layer) => layer.describe?.(inventory)?.calls ?? []);
    write(`\n${drawNetwork(inventory, calls, { width: widthOf(io), paint })}`);
  }
  if (isRehearsal) return;
  if (command === 'apply') write(afterApply(inventory, target, paint));
  else if (!isPart(options)) write(afterPlan(target, paint));
}

/** Whether only a part of the playbook or of the nodes was selected. */
function isPart({ phase, from, only, shard }: Options): boolean {
  return phase.length > 0 || from !== undefined || only.length > 0 || shard !== undefined;
}
