/** Widths of the two drawings, in units that are pixels if there is room. */
export const WIDE = 1040;
export const NARROW = 340;

export const BOX_WIDTH = 216;
/** Between the edge of a box and its text. */
export const PAD = 10;
/** Height of a line of text. */
export const LINE = 16;

/** Units that a character takes at most on average, in the widest of the usual fonts. */
const PLAIN = 7.2;
const STRONG = 8.2;

/** Characters that fit into this many units of a drawing. */
export const charactersIn = (units: number, isStrong: boolean): number =>
  Math.floor(units / (isStrong ? STRONG : PLAIN));
