import type { Packet } from '../../../../facts/firewall/packet.js';
import { familyOf, hostRoute } from '../../../../model/address.js';
import type { Probe } from './probes.js';
import type { Course, Seen, Sighting } from './seen.js';

/** How far a probe got. */
export type End =
  /** It could not be sent. */
  | { readonly kind: 'unsent'; readonly error: string }
  /** The target did not see it. */
  | { readonly kind: 'lost'; readonly stuckAt?: Stuck }
  /** Its machine's firewall dropped it. */
  | { readonly kind: 'dropped'; readonly course: Course }
  /** It got through to the node, or through the node to another machine. */
  | { readonly kind: 'passed'; readonly course: Course };

/** A machine on the way that got a packet and didn't forward it. */
export interface Stuck {
  readonly node: string;
  readonly came: Sighting;
}

export interface Outcome {
  readonly probe: Probe;
  /** How often it was sent. */
  readonly times: number;
  /** How it was answered: `open`, `answered`, `refused`, `icmp …`, `silence`, or why it could not be sent. */
  readonly answer: string;
  readonly end: End;
}

/** Why a port is not as the rules say. */
export interface Why {
  readonly seen: string;
  readonly fix: string;
}

/** What only the target's own system can have answered, or something in its place. */
export const isAnswered = ({ answer, end }: Outcome): boolean =>
  end.kind === 'lost' && /^(open|answered)$/.test(answer);

/** The machine that it got through to has no socket for it. */
export const isUnheard = ({ answer, end }: Outcome): boolean =>
  end.kind === 'passed' && /^(refused$|icmp (3 3|1 4) )/.test(answer);

const ANSWERS = /^(open|answered|refused|silence|icmp )/;

/** What became of each probe of a sender. */
export function outcomesOf(
  from: string,
  probes: readonly Probe[],
  seen: ReadonlyMap<string, Seen>,
): readonly Outcome[] {
  return probes.flatMap((probe, number): readonly Outcome[] => {
    const target = seen.get(probe.way.to);
    const sent = seen.get(from)?.sent.get(number);
    if (target?.perl !== true || sent === undefined) return [];
    const { times, outcome: answer } = sent;
    const base = { probe, times, answer };
    const course = target.courses.get(`${from} ${number}`);
    if (course?.passed !== undefined || course?.left !== undefined) {
      return [{ ...base, end: { kind: 'passed', course } }];
    }
    if (course?.came !== undefined) return [{ ...base, end: { kind: 'dropped', course } }];
    if (!ANSWERS.test(answer)) return [{ ...base, end: { kind: 'unsent', error: answer } }];
    const [stuckAt] = [...seen].flatMap(([node, { courses }]): readonly Stuck[] => {
      const there = courses.get(`${from} ${number}`);
      const isStuck = node !== probe.way.to && there?.left === undefined;
      return isStuck && there?.came ? [{ node, came: there.came }] : [];
    });
    return [{ ...base, end: { kind: 'lost', ...(stuckAt !== undefined && { stuckAt }) } }];
  });
}

/** The packet as the firewall of the machine that it came to has it. */
export function packetOf({ way, protocol, arrives }: Probe, course: Course): Packet {
  const { came, passed, left } = course;
  return {
    family: familyOf(way.address),
    protocol,
    port: passed ?? came?.port ?? arrives,
    notIn: [],
    ...(came && { in: came.device, from: hostRoute(came.address) }),
    ...(way.forward === undefined && { to: hostRoute(way.address) }),
    ...(left && { isPassedOn: true, out: left.device, to: hostRoute(left.address), port: left.port }),
  };
}
