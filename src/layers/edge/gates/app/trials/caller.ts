import { isIP } from 'node:net';
import { sameAddress } from '../../../../../model/address.js';
import { purposeOf } from '../../../../../model/address-purpose.js';
import { ask } from '../../../../../visitor/http.js';
import type { Visitor } from '../../../../../visitor/visitor.js';
import type { AppParams } from '../chains.js';
import type { VisitRequest } from '../visit/front.js';
import { enter, type Tried, untried } from './enter.js';

/** Where an app may answer with nothing but its visitor's address. */
export const CALLER_PATH = '/.well-known/bridgehead/visitor';

/** What addresses are for that no machine has on the internet: those of overlays and LANs. */
const INSIDE: ReadonlySet<string> = new Set([
  'private',
  'uniqueLocal',
  'carrierGradeNat',
  'linkLocal',
  'loopback',
]);

/** An address that no visitor has: RFC 5737. */
const FORGED = '203.0.113.254';

/** A visitor behind NAT doesn't know its own address: that of nobody on the way must not be taken for it. */
export async function isSeen(
  visitor: Visitor,
  request: VisitRequest,
  { path }: NonNullable<AppParams['caller']>,
): Promise<Tried> {
  const { socket, host } = await enter(visitor, request);
  const own = socket.localAddress ?? '';
  const { body } = await ask(socket, {
    host,
    path: path ?? CALLER_PATH,
    headers: { 'x-forwarded-for': FORGED },
    ms: request.times.answer,
  });
  if (path === undefined && isIP(body.trim()) === 0) {
    return untried(`visitor's address: ${request.app.name} has no page that shows it`);
  }
  const addresses = body.match(/[0-9A-Fa-f:.]{3,45}/g)?.filter((word) => isIP(word) !== 0) ?? [];
  const [first] = addresses;
  if (first === undefined) return { go: false, seen: `${path} names no address` };
  if (addresses.includes(FORGED)) {
    return {
      go: false,
      seen: `the app takes the address that a visitor wrote into X-Forwarded-For for its own`,
    };
  }
  const isNatted = INSIDE.has(purposeOf(own));
  const go = sameAddress(first, own) || (isNatted && !INSIDE.has(purposeOf(first)));
  return {
    go,
    seen: go ? `the app sees its visitor as ${first}` : `the app sees its visitor as ${first}, not as ${own}`,
  };
}
