import { count } from '../../../core/text.js';
import { all, END_LINE, fromLines, integer, only } from '../../../remote/reply-lines.js';
import type { Finding, GateKind } from '../../gate.js';
import { amount } from '../../shared/amount.js';
import { parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import readClock from './clock.sh';

export interface ClockParams {
  /** Seconds that clocks may differ by. */
  readonly within?: number;
}

const WITHIN = 60;

const probe = (within: number): string =>
  `here=${Math.floor(Date.now() / 1000)} slack=${Math.ceil(within / 2)}\n${readClock}echo ${END_LINE}\n`;

/** Seconds by which a clock is ahead of ours: somewhere between the two, because of the round trip. */
type Offset = readonly [least: number, most: number];

const HERE: Offset = [0, 0];

function offsetOf(clock: number, between: readonly [number, number] | undefined): Offset {
  const [sent, answered] = between ?? [Date.now(), Date.now()];
  // A node prints seconds without a fraction.
  return [clock - answered / 1000, clock + 1 - sent / 1000];
}

/** Seconds; 0 if the two may be equal, positive if the first is ahead. */
function difference([least, most]: Offset, [otherLeast, otherMost]: Offset): number {
  if (least > otherMost) return least - otherMost;
  return most < otherLeast ? most - otherLeast : 0;
}

const offsetText = (seconds: number): string => `${amount(seconds)} ${seconds > 0 ? 'ahead' : 'behind'}`;

interface Clock {
  readonly offset: Offset;
  /** Whether the node reports that its clock is kept in sync, as by NTP. */
  readonly isKept: boolean;
}

interface Right {
  readonly offset: Offset;
  readonly whose: string;
}

type Agree = (one: Offset, other: Offset) => boolean;

/**
 * The clock that is right: that of most, this machine's counted as one; if that leaves it open, one that is kept by
 * NTP, or what such clocks agree on. Undefined if it can't be known.
 */
function rightOf(clocks: ReadonlyMap<string, Clock>, agrees: Agree): Right | undefined {
  const offsets = [HERE, ...[...clocks.values()].map(({ offset }) => offset)];
  const votes = offsets.map((one) => offsets.filter((other) => agrees(one, other)).length);
  const leaders = offsets.filter((_, index) => votes[index] === Math.max(...votes));
  const [first = HERE] = leaders;
  if (leaders.every((one) => agrees(one, first))) {
    return {
      offset: first,
      whose: agrees(HERE, first) ? 'the clock of this machine' : 'the clocks of most nodes',
    };
  }
  const kept = [...clocks].filter(([, { isKept }]) => isKept);
  const [best] = kept;
  if (best === undefined || kept.some(([, { offset }]) => !agrees(offset, best[1].offset))) return undefined;
  return { offset: best[1].offset, whose: `the clock of ${best[0]}, which NTP keeps` };
}

function settingOf(node: string, apart: number): string {
  const set = `set the clock of ${node} and keep it in sync (systemd-timesyncd or chrony)`;
  return apart > 0
    ? `${set}, not over a tunnel: its peers refuse the handshakes of a machine whose clock goes backwards`
    : `${set}: WireGuard's peers refuse a machine whose clock goes backwards`;
}

/** The finding for a node whose clock differs from this machine's if neither is known to be right. */
function undecided(
  node: string,
  offset: Offset,
  clocks: ReadonlyMap<string, Clock>,
  agrees: Agree,
): Omit<Finding, 'node' | 'expected'> {
  const apart = difference(offset, HERE);
  const against = [...clocks].filter(([, other]) => !agrees(other.offset, offset)).map(([name]) => name);
  const open = "it isn't known which is wrong";
  if (against.length === 0) {
    return {
      go: true,
      noted: true,
      seen: `${offsetText(apart)}; ${open}, as ${node} does not report NTP sync`,
      fix: `compare both with a clock that you trust; if ${node} is wrong: ${settingOf(node, apart)}`,
    };
  }
  return {
    go: false,
    seen: `${offsetText(apart)}, and different from ${against.join(', ')}; ${open}`,
    fix: `compare them with a clock that you trust; if ${node} is wrong: ${settingOf(node, apart)}`,
  };
}

/**
 * The clocks of the nodes are those of most others and of this machine: WireGuard refuses the handshakes of a machine
 * whose clock went backwards, certificates and logs go wrong. Where it is this machine's that is wrong, it is only reported;
 * if it may be, it is noted.
 */
export const clock: GateKind<ClockParams, Clock> = {
  kind: 'clock',
  schema: parameters({
    within: {
      type: 'number',
      minimum: 1,
      maximum: 86_400,
      description: 'Seconds that clocks may differ by; default 60.',
    },
  }),
  patience: 0,

  probe({ params }) {
    return {
      script: probe(params.within ?? WITHIN),
      parse: fromLines((lines, { between }) => ({
        offset: offsetOf(integer(only(lines, 'clock')[0]), between),
        isKept: all(lines, 'kept').some(([said]) => said === 'yes'),
      })),
    };
  },

  verdict(context, readings) {
    const within = context.params.within ?? WITHIN;
    const agrees: Agree = (one, other) => Math.abs(difference(one, other)) <= within;
    const right = rightOf(readings.seen, agrees);
    const findings = [...readings.seen].map(([node, { offset }]): Finding => {
      const base = { node, expected: `within ${within} s of ${right?.whose ?? 'the clock of this machine'}` };
      if (agrees(offset, right?.offset ?? HERE)) return { ...base, go: true, seen: 'as expected' };
      if (right === undefined) return { ...base, ...undecided(node, offset, readings.seen, agrees) };
      const apart = difference(offset, right.offset);
      return { ...base, go: false, seen: offsetText(apart), fix: settingOf(node, apart) };
    });
    return conclude(readings, findings, (_go, total) => {
      const agreeing = findings.filter(({ go, noted }) => go && !noted).length;
      const here =
        right === undefined
          ? "; it isn't known which is wrong"
          : agrees(HERE, right.offset)
            ? ''
            : `; the clock of this machine is ${offsetText(difference(HERE, right.offset))}`;
      return `${agreeing} of ${count(total, 'clock')} agree${here}`;
    });
  },
};
