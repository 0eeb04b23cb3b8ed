import { familyOf } from '../../../../model/address.js';

/** nft's word for the family of an address or range. */
export const keyword = (cidr: string): string => (familyOf(cidr) === 4 ? 'ip' : 'ip6');

/** Those of the ranges that are of the same family as another. */
export const likeOf = (cidr: string, ranges: readonly string[]): string[] =>
  ranges.filter((range) => familyOf(range) === familyOf(cidr));

/** An anonymous set. */
export const set = (ranges: readonly string[]): string => `{ ${ranges.join(', ')} }`;
