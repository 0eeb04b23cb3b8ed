import { amount } from './shared/amount.js';
import { conclude, count, END_LINE, integer, only, readReplies } from './shared/reply.js';
import { parameters } from './shared/schema.js';
import type { Finding, GateKind } from './types.js';

export interface ClockParams {
  /** Seconds that clocks may differ by. */
  readonly within?: number;
}

const WITHIN = 60;
const PROBE = `date '+clock %s'
echo ${END_LINE}
`;

/** Seconds by which a clock is ahead of ours: somewhere between the two, for the way there and back takes its time. */
type Offset = readonly [least: number, most: number];

const HERE: Offset = [0, 0];

function offsetOf(clock: number, between: readonly [number, number] | undefined): Offset {
  const [sent, answered] = between ?? [Date.now(), Date.now()];
  // A node tells whole seconds, cut off.
  return [clock - answered / 1000, clock + 1 - sent / 1000];
}

/** Seconds, 0 where the two may well be the same; positive where the first is ahead. */
function difference([least, most]: Offset, [otherLeast, otherMost]: Offset): number {
  if (least > otherMost) return least - otherMost;
  return most < otherLeast ? most - otherLeast : 0;
}

const told = (seconds: number): string => `${amount(seconds)} ${seconds > 0 ? 'ahead' : 'behind'}`;

/**
 * The clocks of the nodes are those of most others and of this machine: WireGuard refuses the handshakes of a machine
 * whose clock went backwards, certificates and logs go wrong. Where it is this machine's that is wrong, it is only told.
 */
export const clock: GateKind<ClockParams> = {
  kind: 'clock',
  schema: parameters({
    within: {
      type: 'number',
      minimum: 1,
      maximum: 86_400,
      description: 'Seconds that clocks may differ by; 60',
    },
  }),
  patience: 0,

  probe() {
    return PROBE;
  },

  verdict(context, replies) {
    const within = context.params.within ?? WITHIN;
    const readings = readReplies(context, replies, (lines, node) =>
      offsetOf(integer(only(lines, 'clock')[0]), replies.get(node)?.between),
    );
    const agrees = (one: Offset, other: Offset): boolean => Math.abs(difference(one, other)) <= within;
    const all = [HERE, ...readings.seen.values()];
    const votes = all.map((one) => all.filter((other) => agrees(one, other)).length);
    const right = all[votes.indexOf(Math.max(...votes))] ?? HERE;
    const isHereRight = agrees(HERE, right);
    const whose = isHereRight ? 'the clock here' : 'the clocks of most nodes';
    const findings = [...readings.seen].map(([node, offset]): Finding => {
      const base = { node, expected: `within ${within} s of ${whose}` };
      const apart = difference(offset, right);
      if (Math.abs(apart) <= within) return { ...base, go: true, seen: 'it is' };
      return {
        ...base,
        go: false,
        seen: told(apart),
        fix: `set the clock of ${node} and have it kept (systemd-timesyncd or chrony): WireGuard's peers refuse a machine whose clock goes backwards`,
      };
    });
    const here = isHereRight ? '' : `; the clock here is ${told(difference(HERE, right))}`;
    return conclude(readings, findings, (go, total) => `${go} of ${count(total, 'clock')} agree${here}`);
  },
};
