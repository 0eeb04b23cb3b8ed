import { isIP } from 'node:net';
import { type Family, familyOf } from '../../../model/address.js';
import { isPublic } from '../../../model/address-purpose.js';
import type { Heard } from '../survey/heard.js';
import type { Surveyed } from '../survey/survey.js';
import { inFamily, ownPublic } from './addresses.js';

/** The address at which the others may reach a machine: its own public one, or the one that we connect to. */
export function callableAt({ facts, hop }: Surveyed, family: Family): string | undefined {
  const dialled = hop.via === undefined && isIP(hop.host) !== 0 && isPublic(hop.host) ? [hop.host] : [];
  return inFamily([...ownPublic(facts), ...dialled], family);
}

/**
 * The public address of the router of a machine without a public IPv4 address: as another machine saw it, or else as
 * one saw us, if we are in the same LAN.
 */
export function outsideOf(
  one: Surveyed,
  surveyed: readonly Surveyed[],
  heard: readonly Heard[],
): string | undefined {
  if (inFamily(ownPublic(one.facts), 4) !== undefined) return undefined;
  const seen = heard.find(
    ({ from, source }) =>
      from === one.machine && source !== undefined && familyOf(source) === 4 && isPublic(source),
  )?.source;
  if (seen !== undefined) return seen;
  if (!isBesideUs(one)) return undefined;
  return surveyed
    .filter(({ facts, hop }) => hop.via === undefined && inFamily(ownPublic(facts), 4) !== undefined)
    .map(({ facts }) => facts.login?.from)
    .find((from) => from !== undefined && familyOf(from) === 4 && isPublic(from));
}

/** Whether a machine saw us with an address that isn't public, which means that we are in its LAN. */
function isBesideUs({ facts, hop }: Surveyed): boolean {
  return hop.via === undefined && facts.login !== undefined && !isPublic(facts.login.from);
}
