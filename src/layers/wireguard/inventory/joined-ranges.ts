import type { Path } from '../../../document/index.js';
import { inRange } from '../../../model/address.js';
import { parseReach } from '../../../model/reach.js';

interface Moved {
  readonly from: string;
  readonly to: string;
}

/** A range of the inventory that would hold more than before: who that is. */
export interface Joined extends Moved {
  readonly path: Path;
  readonly names: readonly string[];
}

/** Ranges that others' addresses would get into; the complete overlay, `all`, holds everyone anyway. */
export function joinedRanges(
  ranges: readonly (Moved & { readonly path: Path })[],
  addresses: readonly (Moved & { readonly name: string })[],
  all: string,
): Joined[] {
  return ranges.flatMap(({ path, from, to }): Joined[] => {
    const [before, after] = [rangeOf(from), rangeOf(to)];
    if (before === undefined || after === undefined || before === all) return [];
    const own = new Set(addresses.filter((one) => inRange(one.from, before)).map(({ name }) => name));
    const now = addresses.filter((one) => inRange(one.to, after)).map(({ name }) => name);
    const names = [...new Set(now)].filter((name) => !own.has(name));
    return names.length === 0 ? [] : [{ path, from, to, names }];
  });
}

function rangeOf(text: string): string | undefined {
  const parsed = parseReach(text);
  return parsed.ok && parsed.reach.kind === 'range' ? parsed.reach.range : undefined;
}
