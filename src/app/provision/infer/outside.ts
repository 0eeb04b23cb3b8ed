import { isIP } from 'node:net';
import { type Family, familyOf } from '../../../model/address.js';
import type { Heard } from '../survey/heard.js';
import type { Surveyed } from '../survey/survey.js';
import { inFamily, isPublic, ownPublic } from './addresses.js';

/** The address at which the others may reach a machine: its own public one, or that at which we dial it. */
export function callableAt({ facts, hop }: Surveyed, family: Family): string | undefined {
  const dialled = hop.via === undefined && isIP(hop.host) !== 0 && isPublic(hop.host) ? [hop.host] : [];
  return inFamily([...ownPublic(facts), ...dialled], family);
}

/**
 * The public address of the router before a machine that has no public IPv4 address of its own: as another machine saw
 * it, or else as one saw us who stand in the same LAN.
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

/** Whether we were seen by a machine with an address that is not public, and so stand in its LAN. */
function isBesideUs({ facts, hop }: Surveyed): boolean {
  return hop.via === undefined && facts.login !== undefined && !isPublic(facts.login.from);
}
