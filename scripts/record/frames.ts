import { parseScreen, type Stretch } from './ansi.js';

/** What the terminal showed at a moment. */
export interface Shot {
  /** Milliseconds since the beginning. */
  readonly at: number;
  /** With its attributes, as tmux captures it. */
  readonly screen: string;
  /** Milliseconds that it takes to be read; without it, it is shown as long as it was there. */
  readonly reading?: number;
}

export interface Frame {
  readonly lines: readonly (readonly Stretch[])[];
  /** Milliseconds that it is shown. */
  readonly ms: number;
}

export interface Pace {
  /** Frames of a recording at most, those that are read included. */
  readonly most: number;
  /** Milliseconds that a frame is shown at most which nobody reads. */
  readonly longest: number;
}

/** The shots that are read, and of the others as many as there is room for, spread over the time that they took. */
export function framesOf(shots: readonly Shot[], { most, longest }: Pace): Frame[] {
  const changed = shots.filter(({ screen, reading }, index) => {
    const next = shots[index + 1];
    return reading !== undefined || next === undefined || next.screen !== screen;
  });
  const passing = changed.filter(({ reading }) => reading === undefined);
  const room = Math.max(0, most - (changed.length - passing.length));
  const taken = new Set(spread(passing, room));
  const kept = changed.filter((shot) => shot.reading !== undefined || taken.has(shot));
  return kept.map((shot, index) => {
    const next = kept[index + 1];
    const there = next === undefined ? longest : Math.min(longest, next.at - shot.at);
    return { lines: parseScreen(shot.screen), ms: Math.round(shot.reading ?? there) };
  });
}

function spread<T>(items: readonly T[], room: number): readonly T[] {
  if (items.length <= room) return items;
  return Array.from(
    { length: room },
    (_, turn) => items[Math.floor(((turn + 0.5) * items.length) / room)],
  ).flatMap((item) => item ?? []);
}
