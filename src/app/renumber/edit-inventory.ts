import { InputError, type Problem } from '../../core/errors.js';
import { check, parseYaml, replaceTexts, type YamlDocument } from '../../document/index.js';
import { inventorySchema } from '../../inventory/schema.js';
import type { InventoryText } from '../../layers/wireguard/inventory/edit-clients.js';
import { type Move, type Renumbering, renumbered } from '../../layers/wireguard/inventory/renumber.js';
import { networkOf, prefixLength, roomIn } from '../../model/address.js';
import type { RawInventory } from '../../model/raw.js';
import { addressesInUse } from './in-use.js';
import { finished, readWish, type Typed, type Wish } from './wish.js';

/** A network's new addresses, and the inventory's text with them. */
export interface Edit {
  readonly wish: Wish;
  readonly moves: readonly Move[];
  readonly text: string;
}

/** The valid part of the inventory: its mistake may be the range that is being replaced. */
export function rawOf(
  file: string,
  text: string,
): { readonly document: YamlDocument; readonly raw: RawInventory } {
  const document = parseYaml(file, text);
  return { document, raw: (check(document, inventorySchema()).sound ?? {}) as RawInventory };
}

/** Throws InputError with everything that is in the way, and E_USAGE for words that mean nothing. */
export function editRange({ file, text }: InventoryText, typed: Typed): Edit {
  const { document, raw } = rawOf(file, text);
  const wish = readWish(raw, typed);
  const results = wish.ranges.map(({ from, to }) => renumbered(wish.network, wish.raw, from, to));
  const problems = [
    ...results.flatMap((one) => withoutRoom(one, wish, typed)),
    ...results
      .flatMap(({ unplaced }) => unplaced)
      .map(({ path, from }) =>
        document.problem(path, `${from} has no place in the new range`, 'change it first'),
      ),
    ...results
      .flatMap(({ joined }) => joined)
      .map(({ path, to, names }) =>
        document.problem(
          path,
          `${to} would also hold ${names.join(', ')}`,
          'write out its addresses, or choose a larger range for the network',
        ),
      ),
    ...addressesInUse(document, raw, wish),
  ];
  if (problems.length > 0) throw new InputError(problems);
  const moves = results.flatMap((one) => one.moves);
  const edited = replaceTexts(
    file,
    text,
    moves.map(({ path, to }) => ({ path, by: to })),
  );
  return { wish, moves, text: edited };
}

/** The fix names the smallest range around it that is large enough, in place of the one that was given. */
function withoutRoom({ full }: Renumbering, { network, ranges }: Wish, { target }: Typed): Problem[] {
  return full.map(({ range, has, needs }) => {
    const larger = ranges.map(({ to }) => (to === range ? roomFor(range, needs) : to));
    const message = `${range} has room for ${has}, and ${network} has ${needs} addresses`;
    return { file: 'RANGE', message, fix: finished(network, larger, target) };
  });
}

function roomFor(range: string, needs: number): string {
  for (let length = prefixLength(range); length > 0; length -= 1) {
    const larger = networkOf(`${range.split('/')[0]}/${length}`);
    if (roomIn(larger) >= needs) return larger;
  }
  return range;
}
