import { familyOf } from '../../model/address.js';
import type { AuthorityPlan } from './types.js';

/** Where a server answers with the authority's directory, and to orders as an authority does that is over its limit. */
export const REFUSING_PORT = 8443;

const TABLE = 'bridgehead_lab_authority';

export type AuthorityState = 'up' | 'down' | 'over its limit';

/** Text for `nft -f -` in the authority's network. What doesn't fit the state ends, open connections as well. */
export function authorityRules(
  state: AuthorityState,
  { addresses, standsForAt }: Pick<AuthorityPlan, 'addresses' | 'standsForAt'>,
): string {
  const refused = [...standsForAt, ...(state === 'over its limit' ? addresses : [])];
  const closed = state === 'up' ? [] : addresses;
  return [
    `table inet ${TABLE} {}`,
    `delete table inet ${TABLE}`,
    `table inet ${TABLE} {`,
    'chain prerouting { type nat hook prerouting priority dstnat;',
    ...refused.map((address) => `${to(address)} tcp dport 443 redirect to :${REFUSING_PORT}`),
    '}',
    'chain input { type filter hook input priority filter;',
    ...closed.map((address) => `${to(address)} tcp dport 443 reject with tcp reset`),
    ...(state === 'down' ? [`tcp dport ${REFUSING_PORT} reject with tcp reset`] : []),
    '}',
    '}',
    '',
  ].join('\n');
}

const to = (address: string) => `${familyOf(address) === 6 ? 'ip6' : 'ip'} daddr ${address}`;
