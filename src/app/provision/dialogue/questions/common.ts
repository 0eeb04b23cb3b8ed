import { modeOf } from '../mode.js';
import type { Choice, Key, Question, World } from '../types.js';

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME_FIX = 'use 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end';

export const unanswered = (key: Key) => (world: World) =>
  modeOf(world) !== 'keep' && world.answers[key] === undefined;
/** The existing inventory answers these for its network. */
export const unansweredForNew = (key: Key) => (world: World) =>
  modeOf(world) === 'new' && world.answers[key] === undefined;
export const asChoices = (names: readonly string[]): Choice[] => names.map((name) => ({ value: name, name }));
export const question = <K extends Key>(one: Question<K>): Question<K> => one;
export const checkName = (name: string): string | undefined =>
  NAME.test(name) ? undefined : `"${name}" is not a name; ${NAME_FIX}`;
export const firstWrong = <T>(all: readonly T[], check: (one: T) => string | undefined): string | undefined =>
  all.map(check).find((wrong) => wrong !== undefined);

export const unknownAmong = (
  names: readonly string[],
  known: readonly string[],
  what: string,
): string | undefined =>
  firstWrong(names, (name) =>
    known.includes(name) ? undefined : `no ${what} named "${name}"; choose from: ${known.join(', ')}`,
  );
