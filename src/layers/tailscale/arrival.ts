import { TAILNET_LINK } from './daemon/paths.js';
import { TAILNET_RANGES } from './range/own-range.js';

/** What packets of other members look like when they arrive. Which address a member has is only known once it has joined. */
export const TAILNET_ARRIVAL: { readonly sources: readonly string[]; readonly interface: string } = {
  sources: TAILNET_RANGES,
  interface: TAILNET_LINK,
};
