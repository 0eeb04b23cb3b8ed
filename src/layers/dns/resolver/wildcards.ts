import { isWildcard } from '../../edge/inventory/host-name.js';
import type { Answer } from '../answers.js';
import { isIn } from '../inventory/names.js';

/** A wildcard by the name above all that it stands for. */
export interface Wildcard {
  readonly base: string;
  readonly addresses: readonly string[];
}

export const baseOf = (name: string): string => name.replace(/^\*\./, '');

export const wildcardsOf = (answers: readonly Answer[]): Wildcard[] =>
  answers
    .filter(({ name }) => isWildcard(name))
    .map(({ name, addresses }) => ({ base: baseOf(name), addresses }));

/**
 * Where the proof for a wildcard's certificate is published: an authority's client that asks here must find it. Unless the inventory
 * answers it.
 */
export const challengesOf = (answers: readonly Answer[]): string[] =>
  wildcardsOf(answers)
    .map(({ base }) => `_acme-challenge.${base}`)
    .filter((name) => !answers.some((answer) => answer.name === name));

const isBelow = (name: string, base: string): boolean => name !== base && isIn(name, base);

/** The names above one, the nearest first. */
const above = (name: string): string[] =>
  name.split('.').flatMap((_, i, labels) => (i === 0 ? [] : [labels.slice(i).join('.')]));

/**
 * Wildcards as DNS itself has them: one stands for nothing below a name that exists. So those that exist only because a name below them does
 * get the wildcard above them, too. `exact`: names that exist by themselves, whose own names below are asked for elsewhere.
 */
export function withGaps(wildcards: readonly Wildcard[], exact: readonly string[]): Wildcard[] {
  const all = new Map(wildcards.map(({ base, addresses }) => [base, addresses]));
  const stops = new Set([...exact, ...all.keys()]);
  for (const name of [...exact, ...wildcards.map(({ base }) => base)]) {
    const names = above(name);
    const end = names.findIndex((one) => stops.has(one));
    const covering = wildcards.find(({ base }) => base === names[end]);
    if (covering === undefined) continue;
    for (const gap of names.slice(0, end)) all.set(gap, covering.addresses);
  }
  return [...all].map(([base, addresses]) => ({ base, addresses }));
}

/** Of some names, those that a wildcard would stand for. */
export const covered = (names: readonly string[], wildcards: readonly Wildcard[]): string[] =>
  names.filter((name) => wildcards.some(({ base }) => isBelow(name, base)));
