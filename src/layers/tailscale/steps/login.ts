import type { Membership } from '../inventory/members.js';
import { DEFAULT_LOGIN_SERVER } from '../inventory/schema.js';
import { sameTexts } from '../live/prefs.js';
import type { TailscaleSeen } from './seen.js';

/** Other names of Tailscale's own login server. */
const SYNONYMS = new Set(['', 'https://login.tailscale.com', DEFAULT_LOGIN_SERVER]);

export const isSameServer = (one: string, other: string): boolean =>
  one === other || (SYNONYMS.has(one) && SYNONYMS.has(other));

/**
 * How far the node is. `absent`: it has to join. `again`: it is in with another server or other tags. `stopped`: it was switched off.
 * `unknown`: its daemon has to start first, and may then be in already.
 */
export type Login = 'joined' | 'absent' | 'again' | 'stopped' | 'unknown';

export function loginOf({ tailnet }: Membership, { hasState, status, prefs }: TailscaleSeen): Login {
  if (status === undefined || prefs === undefined || status.state === 'NoState')
    return hasState ? 'unknown' : 'absent';
  if (status.state === 'NeedsLogin') return 'absent';
  if (!isSameServer(prefs.loginServer, tailnet.loginServer) || !sameTexts(prefs.tags, tailnet.tags))
    return 'again';
  return status.state === 'Stopped' ? 'stopped' : 'joined';
}
