import type { Box, Place } from './boxes.js';
import { BOX_WIDTH, LINE, PAD } from './measures.js';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedBox extends Rectangle {
  readonly box: Box;
}

export interface PlacedFrame extends Rectangle {
  readonly place: Place;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly frames: readonly PlacedFrame[];
  /** The height at which the internet is a line; absent if it is not drawn. */
  readonly internet?: number;
}

/** For links between boxes of one row, which dip below them. */
const UNDER = 44;
const GAP = 18;

export const boxHeight = ({ lines }: Box): number => PAD * 2 + LINE * (1 + lines.length);
export const headHeight = ({ lines }: Place): number => PAD + LINE * (1 + lines.length) + PAD;

/** Boxes side by side in as many rows as the width asks for, from this corner on; and the height that they take. */
function rowsOf(boxes: readonly Box[], left: number, top: number, width: number) {
  const columns = Math.max(1, Math.floor((width + GAP) / (BOX_WIDTH + GAP)));
  const placed: PlacedBox[] = [];
  let y = top;
  for (let at = 0; at < boxes.length; at += columns) {
    const row = boxes.slice(at, at + columns);
    const height = Math.max(...row.map(boxHeight));
    row.forEach((box, index) => {
      placed.push({ box, x: left + index * (BOX_WIDTH + GAP), y, width: BOX_WIDTH, height });
    });
    y += height + UNDER;
  }
  return { placed, height: y - top, used: Math.min(columns, boxes.length) * (BOX_WIDTH + GAP) - GAP };
}

/** For a wide screen, in at most this width: what is on the internet above its line, the sites beside each other below it. */
export function wideLayout(outside: readonly Box[], sites: readonly Place[], width: number): Layout {
  const above = rowsOf(outside, PAD, PAD, width - 2 * PAD);
  const boxes: PlacedBox[] = [...above.placed];
  const frames: PlacedFrame[] = [];
  const internet = PAD + above.height;
  let [x, y, rowHeight] = [0, internet + GAP * 2, 0];
  for (const place of sites) {
    const room = width - 2 * PAD;
    const wanted = rowsOf(place.boxes, 0, 0, room).used + 2 * PAD;
    const own = Math.max(wanted, Math.min(width, BOX_WIDTH * 1.6));
    if (x > 0 && x + own > width) [x, y, rowHeight] = [0, y + rowHeight + GAP, 0];
    const inside = rowsOf(place.boxes, x + PAD, y + headHeight(place), own - 2 * PAD);
    const height = headHeight(place) + inside.height;
    boxes.push(...inside.placed);
    frames.push({ place, x, y, width: own, height });
    x += own + GAP;
    rowHeight = Math.max(rowHeight, height);
  }
  const used = Math.max(above.used + 2 * PAD, ...frames.map((frame) => frame.x + frame.width));
  return { width: used, height: y + rowHeight + PAD, boxes, frames, internet };
}

/** For a narrow one: everything below each other, with room for the links on the right. */
export function narrowLayout(outside: readonly Box[], sites: readonly Place[], width: number): Layout {
  const boxes: PlacedBox[] = [];
  const frames: PlacedFrame[] = [];
  let y = PAD;
  const stack = (all: readonly Box[]) => {
    for (const box of all) {
      const height = boxHeight(box);
      boxes.push({ box, x: PAD, y, width: BOX_WIDTH, height });
      y += height + PAD;
    }
  };
  stack(outside);
  for (const place of sites) {
    const top = y;
    y += headHeight(place);
    stack(place.boxes);
    frames.push({ place, x: 0, y: top, width, height: y - top });
    y += GAP;
  }
  return { width, height: y, boxes, frames };
}
