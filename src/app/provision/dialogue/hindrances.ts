import { overlaps, spanOf } from '../../../model/address.js';
import { withMembers } from '../../draft/allocate.js';
import { withoutTwins } from '../infer/place.js';
import type { Surveyed } from '../survey/survey.js';
import { joined } from './mode.js';
import type { World } from './types.js';

/** Why machines can't take part, by machine: the login failed, or something needed is missing. */
export function hindrances(world: World): ReadonlyMap<string, string> {
  const { surveyed = [], observers = [], failed = [] } = world.seen.survey ?? {};
  const { kept } = withoutTwins(surveyed, observers);
  return new Map([
    ...failed.map(({ machine, error }) => [machine, error.message] as const),
    ...surveyed.flatMap((one) => lacking(one) ?? []),
    ...kept.flatMap((one) => clashing(one, world) ?? []),
  ]);
}

type Hindrance = readonly (readonly [machine: string, why: string])[];

function lacking({ machine, facts }: Surveyed): Hindrance | undefined {
  const lacks = [
    ...(facts.systemd ? [] : ['systemd']),
    ...(facts.apt ? [] : ['apt']),
    ...(facts.module === 'no' && !facts.tun ? ['WireGuard in its kernel, and /dev/net/tun'] : []),
  ];
  const why = facts.readOnlyRoot
    ? 'has a root file system that is mounted read-only'
    : lacks.length > 0
      ? `has no ${lacks.join(' and no ')}`
      : undefined;
  return why === undefined ? undefined : [[machine, `${facts.title || facts.os} ${why}`]];
}

/** What the network that a machine would join can't have there. */
function clashing({ machine, facts }: Surveyed, world: World): Hindrance | undefined {
  const network = joined(world);
  if (network === undefined) return undefined;
  const { name, port, ranges } = network;
  const owner = facts.udp.get(port);
  const isTaken = facts.udp.has(port) && !facts.wireguard.some((one) => one.port === port);
  const met = facts.ranges.find((one) => ranges.some((range) => overlaps(spanOf(one), spanOf(range))));
  if (isTaken)
    return [[machine, `${owner ?? 'something'} uses UDP port ${port} there, which network ${name} needs`]];
  if (met !== undefined && !facts.wireguard.some(({ up }) => up))
    return [[machine, `it has a route to ${met}, which overlaps network ${name}`]];
  return undefined;
}

/** What is wrong with that many machines more in the network that they join. */
export function isFull(machines: number, world: World): string | undefined {
  const network = joined(world);
  if (network === undefined) return undefined;
  try {
    withMembers(
      network,
      Array.from({ length: machines }, (_, n) => `${n}`),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `network ${network.name} has too few addresses left: ${error.message}; give it a larger range`;
  }
}
