import { isIP } from 'node:net';
import { isOneMachine } from '../../../facts/machine/identity.js';
import { familyOf, fourFirst, networkOf } from '../../../model/address.js';
import { nameFrom } from '../../draft/names.js';
import type { Survey, Surveyed } from '../survey/survey.js';
import { inFamily, ownLan, ownPublic } from './addresses.js';
import { callableAt, outsideOf } from './outside.js';

/** What is known about where one machine is. */
export interface Place {
  readonly name: string;
  readonly surveyed: Surveyed;
  readonly publicAddresses: readonly string[];
  /** CIDR. */
  readonly lan: readonly string[];
  readonly outside: string | undefined;
  /** Machines with the same key are in the same LAN. */
  readonly site: string | undefined;
}

/** A machine that is left out because it is the same as another one, with that one. */
export interface Twin {
  readonly machine: string;
  readonly as: string;
}

const CLOUDS = /amazon|microsoft|google|oracle|alibaba|tencent|digitalocean|openstack/i;

/** Each machine once; nodes of the existing inventory are never left out. */
export function withoutTwins(
  surveyed: readonly Surveyed[],
  observers: readonly Surveyed[],
): { readonly kept: readonly Surveyed[]; readonly twice: readonly Twin[] } {
  const kept: Surveyed[] = [];
  const twice: Twin[] = [];
  for (const one of surveyed) {
    const same = [...observers, ...kept].find(({ facts }) =>
      isOneMachine(facts.identity, one.facts.identity),
    );
    if (same === undefined) kept.push(one);
    else twice.push({ machine: one.machine, as: same.machine });
  }
  return { kept, twice };
}

/** The name that the user gave it; or its hostname if that is an address. */
export function nameOf({ machine, facts }: Surveyed, taken: readonly string[]): string {
  const host = machine.slice(machine.lastIndexOf('@') + 1).replace(/:\d+$/, '');
  return nameFrom(isIP(host.replace(/^\[|\]$/g, '')) === 0 ? host : facts.hostname, taken);
}

/** Where a machine is; `all` are the machines that may have seen it. */
export function placeOf(
  one: Surveyed,
  all: readonly Surveyed[],
  heard: Survey['heard'],
): Omit<Place, 'name' | 'surveyed'> {
  const { facts } = one;
  const own = ownPublic(facts);
  const lan = ownLan(facts);
  const outside = outsideOf(one, all, heard);
  const dialled = inFamily(own, 4) === undefined ? callableAt(one, 4) : undefined;
  // One-to-one NAT at a provider: no other machine has the address, and packets to it arrive.
  const isShared = (): boolean =>
    all.some((other) => other !== one && outsideOf(other, all, heard) === (outside ?? dialled));
  const arrives = heard.some(({ at, address }) => at === one.machine && address === dialled);
  if (dialled !== undefined && (arrives || CLOUDS.test(facts.vendor ?? '')) && !isShared()) {
    return { publicAddresses: fourFirst([...own, dialled]), lan: [], outside: undefined, site: undefined };
  }
  const four = lan.find((cidr) => familyOf(cidr) === 4);
  const isHidden = inFamily(own, 4) === undefined && four !== undefined;
  const mac = facts.defaults.find(({ family }) => family === 4)?.routerMac;
  const site = isHidden ? `${outside ?? dialled ?? mac ?? ''} ${networkOf(four)}` : undefined;
  return { publicAddresses: fourFirst(own), lan: isHidden ? lan : [], outside: outside ?? dialled, site };
}
