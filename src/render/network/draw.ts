import type { Call } from '../../layers/layer.js';
import type { Inventory } from '../../model/inventory.js';
import type { Paint } from '../colour.js';
import { indent } from '../table.js';
import { type Block, beside, JOINT, rowsOf, widthOf } from './boxes.js';
import { callLines } from './calls.js';
import { clientBlocks, nodeBlocks, siteBox } from './places.js';

const LEAST_WIDTH = 40;
const MOST_WIDTH = 120;

/**
 * The network in characters: what is on the internet, the sites below it with their LANs, routers and nodes, and who
 * connects to whom. Ends with a newline.
 */
export function drawNetwork(
  inventory: Inventory,
  calls: readonly Call[],
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string {
  const room = Math.min(MOST_WIDTH, Math.max(width, LEAST_WIDTH));
  const where = { inventory, paint, room };
  const outside = inventory.nodes.filter(({ site }) => site === undefined);
  const above = rowsOf([...nodeBlocks(where, outside, 'below'), ...clientBlocks(where)], room);
  const [first = [], ...others] = rowsOf(
    inventory.sites.map((site) => siteBox(where, site)),
    room,
  );
  const lines = [
    ...above.flatMap((row) => beside(row, true)),
    internetLine(room, above.at(-1) ?? [], first),
    ...beside(first),
    ...others.flatMap((row) => [internetLine(room, [], row), ...beside(row)]),
  ];
  const called = callLines(inventory, calls, room - 2).map((line) => indent(line, 2));
  const section = called.length === 0 ? [] : ['', paint.strong('who connects to whom'), ...called];
  return `${[...lines, ...section].map((line) => line.trimEnd()).join('\n')}\n`;
}

/** A double line that the boxes above and below it are connected to. */
function internetLine(width: number, above: readonly Block[], below: readonly Block[]): string {
  const joints = (blocks: readonly Block[]) => {
    let start = 0;
    return new Set(
      blocks.map((block) => {
        const at = start + JOINT;
        start += widthOf(block) + 1;
        return at;
      }),
    );
  };
  const [up, down] = [joints(above), joints(below)];
  const line = Array.from({ length: width }, (_, at) => {
    if (up.has(at)) return down.has(at) ? '╪' : '╧';
    return down.has(at) ? '╤' : '═';
  }).join('');
  const name = ' internet ';
  const middle = line.indexOf('═'.repeat(name.length), Math.floor((width - name.length) / 2));
  const start = middle < 0 ? line.lastIndexOf('═'.repeat(name.length)) : middle;
  return start < 0 ? line : `${line.slice(0, start)}${name}${line.slice(start + name.length)}`;
}
