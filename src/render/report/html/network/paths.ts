import type { Layout, PlacedBox, Rectangle } from './layout.js';

/** A curve from box to box. */
export interface Path {
  readonly d: string;
  /** The point at this part of the way, from 0 to 1. */
  readonly at: (part: number) => Point;
}

export type Point = readonly [x: number, y: number];

const round = (number: number): number => Math.round(number * 10) / 10;

function curve(from: Point, one: Point, two: Point, to: Point): Path {
  const d = `M${from.map(round).join(' ')} C${[...one, ...two, ...to].map(round).join(' ')}`;
  const at = (part: number, axis: 0 | 1) => {
    const rest = 1 - part;
    const [start, end] = [rest * rest * rest * from[axis], part * part * part * to[axis]];
    return round(start + 3 * rest * part * (rest * one[axis] + part * two[axis]) + end);
  };
  return { d, at: (part) => [at(part, 0), at(part, 1)] };
}

/** From the middle outwards. */
const PARTS = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((step) => [0.5 + step / 20, 0.5 - step / 20]);

/** The point nearest to the middle of a path around which nothing is for this many units; if there is none, the middle. */
export function clearSpot({ at }: Path, taken: readonly Rectangle[], around: number): Point {
  const isClear = ([x, y]: Point) =>
    taken.every(
      (area) =>
        x + around < area.x ||
        x - around > area.x + area.width ||
        y + around < area.y ||
        y - around > area.y + area.height,
    );
  return at(PARTS.find((part) => isClear(at(part))) ?? 0.5);
}

const bottom = ({ x, y, width, height }: PlacedBox): Point => [x + width / 2, y + height];
const top = ({ x, y, width }: PlacedBox): Point => [x + width / 2, y];

/** In a wide layout: below boxes of one row, else from the upper to the lower. */
export function widePath(a: PlacedBox, b: PlacedBox, turn: number): Path {
  if (a.y === b.y) {
    const [left, right] = a.x <= b.x ? [a, b] : [b, a];
    const [from, to] = [bottom(left), bottom(right)];
    const columns = (right.x - left.x) / left.width;
    const depth = Math.min(52, 20 + 12 * columns);
    return curve(
      [from[0] + 8, from[1]],
      [from[0] + 24, from[1] + depth],
      [to[0] - 24, to[1] + depth],
      [to[0] - 8, to[1]],
    );
  }
  const [upper, lower] = a.y < b.y ? [a, b] : [b, a];
  const spread = ((turn % 5) - 2) * 8;
  const [from, to] = [bottom(upper), top(lower)];
  const half = (to[1] - from[1]) / 2;
  const [start, end]: [Point, Point] = [
    [from[0] + spread, from[1]],
    [to[0] + spread, to[1]],
  ];
  return curve(start, [start[0], start[1] + half], [end[0], end[1] - half], end);
}

/** In a narrow layout: an arc on the right, the further the farther the boxes are apart. */
export function narrowPath(a: PlacedBox, b: PlacedBox, { boxes, width }: Layout): Path {
  const distance = Math.abs(boxes.indexOf(a) - boxes.indexOf(b));
  const right = (box: PlacedBox, shift: number): Point => [box.x + box.width, box.y + box.height / 2 + shift];
  const [upper, lower] = a.y < b.y ? [a, b] : [b, a];
  const [from, to] = [right(upper, 6), right(lower, -6)];
  const room = width - from[0] - 8;
  // The middle of a curve reaches three quarters of the way to its handles.
  const reach = (Math.min(1, 0.25 + distance / Math.max(4, boxes.length)) * room * 4) / 3;
  return curve(from, [from[0] + reach, from[1]], [to[0] + reach, to[1]], to);
}
