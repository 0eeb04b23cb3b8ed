import { overlaps, spanOf } from '../../../model/address.js';

/** Ranges that every tailnet's addresses come from: what carriers use behind their NAT, and one of Tailscale's own. */
export const TAILNET_RANGES = ['100.64.0.0/10', 'fd7a:115c:a1e0::/48'] as const;

const SPANS = TAILNET_RANGES.map(spanOf);

/** The one of a tailnet's ranges that an address or range lies in. */
export function tailnetRangeAt(text: string): string | undefined {
  const span = spanOf(text);
  return TAILNET_RANGES[SPANS.findIndex((own) => overlaps(own, span))];
}
