import {
  addressAt,
  bareAddress,
  familyOf,
  isWithin,
  overlaps,
  prefixLength,
  spanOf,
} from '../../../model/address.js';

const EVERYONE = ['0.0.0.0/0', '::/0'];

/** The two halves of a range. */
function halves(range: string): readonly [string, string] {
  const length = prefixLength(range) + 1;
  const bits = familyOf(range) === 4 ? 32 : 128;
  const upper = addressAt(range, 1n << BigInt(bits - length));
  if (upper === undefined) throw new Error(`${range} has no halves`);
  return [`${bareAddress(range)}/${length}`, `${upper}/${length}`];
}

function without(range: string, denied: readonly string[]): string[] {
  const inWay = denied.filter(
    (one) => familyOf(one) === familyOf(range) && overlaps(spanOf(one), spanOf(range)),
  );
  if (inWay.length === 0) return [range];
  if (inWay.some((one) => isWithin(range, one))) return [];
  return halves(range).flatMap((half) => without(half, inWay));
}

/** The ranges that are let in; undefined if that is everyone. */
export function letIn(
  allow: readonly string[] | undefined,
  deny: readonly string[] | undefined,
): readonly string[] | undefined {
  if (allow === undefined && (deny ?? []).length === 0) return undefined;
  return (allow ?? EVERYONE).flatMap((range) => without(range, deny ?? []));
}
