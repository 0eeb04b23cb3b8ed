import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { messageOf, systemCode } from '../../../../../core/errors.js';
import { familyOf } from '../../../../../model/address.js';
import type { SocketAddress, Visitor } from '../../../../../visitor/visitor.js';
import type { Reach } from '../visited.js';

const OUTCOMES: Readonly<Record<string, Reach['outcome']>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'dropped',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'refused',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
};

export const OPEN: Reach = { outcome: 'open', text: 'open' };

/** What an error of a connection says of the way. */
export function reachOf(error: unknown): Reach {
  const outcome = OUTCOMES[systemCode(error) ?? ''] ?? 'error';
  return { outcome, text: messageOf(error) };
}

/** Whether this machine has an IPv6 address that the internet knows: 2000::/3. */
const hasIpv6 = (): boolean =>
  Object.values(networkInterfaces())
    .flat()
    .some((one) => one?.family === 'IPv6' && !one.internal && /^[23]/.test(one.address));

/** Without IPv6 here, that a packet has no route says nothing about the other side. */
export function fairly(reach: Reach, address: string): Reach {
  if (reach.outcome !== 'unreachable' || familyOf(address) === 4 || hasIpv6()) return reach;
  return { outcome: 'unmeasured', text: 'this machine has no IPv6' };
}

export type Connected = { readonly socket: Socket } | { readonly reach: Reach };

export async function connect(visitor: Visitor, to: SocketAddress, ms: number): Promise<Connected> {
  try {
    return { socket: await visitor.connect(to, ms) };
  } catch (error) {
    return { reach: fairly(reachOf(error), to.address) };
  }
}
