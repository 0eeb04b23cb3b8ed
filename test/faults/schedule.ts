import type { Case } from './case.js';

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seeded(seed);
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/** The cases in the seed's order; a sample takes one of each kind of fault before it takes a second of any. */
export function schedule(cases: readonly Case[], seed: number, sample?: number): Case[] {
  const all = shuffled(cases, seed);
  if (sample === undefined) return all;
  const turn = (one: Case): number => all.filter(({ fault }) => fault === one.fault).indexOf(one);
  return all
    .map((one, index) => ({ one, turn: turn(one), index }))
    .sort((a, b) => a.turn - b.turn || a.index - b.index)
    .slice(0, sample)
    .map(({ one }) => one);
}
