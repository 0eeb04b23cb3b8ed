import type { Layout, PlacedBox } from './layout.js';

/** A curve from box to box, and its middle. */
export interface Path {
  readonly d: string;
  readonly middle: Point;
}

type Point = readonly [x: number, y: number];

const round = (number: number): number => Math.round(number * 10) / 10;

function curve(from: Point, one: Point, two: Point, to: Point): Path {
  const d = `M${from.map(round).join(' ')} C${[...one, ...two, ...to].map(round).join(' ')}`;
  const middle = (axis: 0 | 1) => round((from[axis] + 3 * one[axis] + 3 * two[axis] + to[axis]) / 8);
  return { d, middle: [middle(0), middle(1)] };
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
