import { InputError, type Problem } from '../../core/errors.js';
import { showPath } from '../../document/index.js';
import { findFreeRange } from '../../layers/wireguard/overlay/free-range.js';
import { familyOf } from '../../model/address.js';
import type { Inventory } from '../../model/inventory.js';
import { resolveEdited } from '../clients/target.js';
import { type Edit, rawOf } from './edit-inventory.js';
import { finished, rangesIn } from './wish.js';

/**
 * The inventory with the new range. Throws InputError if that overlaps anything, also what other software takes by default: of
 * all ranges, a new one need not. Such problems are those of `RANGE`, whatever entry `validate` would show them at.
 */
export function resolveRenumbered(
  file: string,
  { text, wish: { network, ranges } }: Edit,
  target: readonly string[],
): Inventory {
  const own = showPath(['networks', network, 'range']);
  const isClash = ({ path = '', message }: Problem): boolean =>
    ((path === own || path.startsWith(`${own}[`)) && ranges.some(({ to }) => message.startsWith(`${to} `))) ||
    ranges.some(({ to }) => message.includes(` overlaps ${to} of network ${network}`));
  const asTyped = (problems: readonly Problem[]): Problem[] => {
    const clashes = problems.filter(isClash);
    const isFree = (range: string): boolean => !clashes.some(({ message }) => message.includes(range));
    const taken = rangesIn(rawOf(file, text).raw);
    const instead = ranges.flatMap(({ to }) =>
      isFree(to) ? to : (findFreeRange(taken, familyOf(to)) ?? []),
    );
    const fix = `choose one that is free: ${finished(network, instead, target)}`;
    const shown = new Set<string>();
    return problems.flatMap((one): Problem[] => {
      if (!isClash(one)) return [one];
      const pair = pairOf(one);
      if (shown.has(pair)) return [];
      shown.add(pair);
      return [{ file: 'RANGE', message: one.message, fix }];
    });
  };
  try {
    const { inventory, warnings } = resolveEdited(file, text);
    const clashes = warnings.filter(isClash);
    if (clashes.length > 0) throw new InputError(clashes);
    return inventory;
  } catch (error) {
    throw error instanceof InputError ? new InputError(asTyped(error.problems)) : error;
  }
}

/** A LAN that is advertised, too, overlaps twice: the two ranges, whichever comes first. */
const pairOf = ({ message }: Problem): string => {
  const [, a = message, b = ''] = /^(\S+) overlaps ([^\s,]+)/.exec(message) ?? [];
  return [a, b].sort().join(' ');
};
