import { DISRUPTION_LEVELS, type DisruptionLevel } from '../../layers/step.js';
import type { StreamEvent, StreamsLog } from '../../packets/streams/streams-program.js';
import type { StampedEvent } from '../../runner/events/events.js';
import type { Pair } from './pairs.js';

/** What became of a pair. */
export type StreamFate =
  /** It was reached all the time. */
  | 'uncut'
  /** Its connection was silent for a while, and went on. */
  | 'survived'
  /** Its connection ended, and a new one was made. */
  | 'reset'
  /** It is reached at another address. */
  | 'moved'
  /** It has come with the change. */
  | 'new'
  /** It is meant to go with the change. */
  | 'gone'
  /** It is not reached any more. */
  | 'lost'
  /** It wasn't reached before the change, so nothing could be cut. */
  | 'unmeasured';

export interface Outage extends Pair {
  readonly fate: StreamFate;
  /** Milliseconds during which it could not be reached, in all; of a new pair, from the beginning of the change on. */
  readonly ms: number;
  /** How often it was cut. */
  readonly cuts: number;
  /** Milliseconds for which the connection that survived was silent, if that is longer. */
  readonly silent?: number;
  /** Why the connection ended. */
  readonly why?: string;
  /** The worst that the plan said of the nodes on the way. */
  readonly planned: DisruptionLevel;
}

/** Seconds: nearer to the end of the measurement, what looks like a cut is the end itself. */
const END = 0.3;

/** What became of each pair, by what its streams went through and what the apply had planned. */
export function outagesOf(
  pairs: readonly Pair[],
  logs: readonly StreamsLog[],
  applied: readonly StampedEvent[],
): Outage[] {
  const events = new Map(logs.flatMap((log) => [...log.events]));
  const began = earliest(logs.flatMap(({ change }) => change ?? []));
  const ended = Math.max(...logs.flatMap(({ settled }) => settled ?? []));
  const planned = plannedOf(applied);
  return pairs.map((pair, group) => {
    const [first, second] = [group * 2, group * 2 + 1].map((id) => storyOf(events.get(id) ?? [], ended));
    const level =
      DISRUPTION_LEVELS[Math.max(0, ...pair.passes.map((node) => planned.get(node) ?? 0))] ?? 'none';
    return { ...pair, ...fateOf(pair, { first, second, began }), planned: level };
  });
}

/** For each node the place of the worst level among its changes. */
function plannedOf(events: readonly StampedEvent[]): Map<string, number> {
  const worst = new Map<string, number>();
  for (const event of events) {
    if (event.type !== 'step-planned') continue;
    for (const { disruption } of event.changes) {
      const level = DISRUPTION_LEVELS.indexOf(disruption.level);
      worst.set(event.node, Math.max(level, worst.get(event.node) ?? 0));
    }
  }
  return worst;
}

interface Cut {
  readonly from: number;
  /** Undefined: until the end. */
  readonly to: number | undefined;
  /** Seconds for which the connection was silent; undefined: it ended. */
  readonly silent: number | undefined;
  readonly why: string | undefined;
}

/** What a stream went through. */
interface Story {
  /** When it was first open. */
  readonly open: number;
  /** The last that was heard of it. */
  readonly last: number;
  readonly cuts: readonly Cut[];
}

/** Undefined: it was never open. What others' ends did to it after the measurement is left out. */
function storyOf(events: readonly StreamEvent[], ended: number): Story | undefined {
  const [first] = events.filter((event) => event.kind === 'open');
  if (first === undefined) return undefined;
  const cuts: Cut[] = [];
  let { at: last } = first;
  for (const [index, event] of events.entries()) {
    if (event.kind === 'open') continue;
    if (event.kind === 'gap') {
      cuts.push({
        from: event.last,
        to: event.reached,
        silent: event.resumed - event.last,
        why: undefined,
      });
      last = event.resumed;
      continue;
    }
    last = event.last;
    if (last > ended - END) break;
    const again = events.slice(index + 1).find((one) => one.kind === 'open');
    const reached = event.kind === 'last' ? event.reached : again?.at;
    cuts.push({
      from: last,
      to: reached,
      silent: undefined,
      why: event.kind === 'end' ? event.why : undefined,
    });
  }
  return { open: first.at, last, cuts };
}

interface Seen {
  /** Of the address before the change, or of the only one. */
  readonly first: Story | undefined;
  /** Of the new address, if that is another. */
  readonly second: Story | undefined;
  /** When the change began. */
  readonly began: number;
}

type Judged = Pick<Outage, 'fate' | 'ms' | 'cuts' | 'silent' | 'why'>;

const NOTHING = { ms: 0, cuts: 0 };
const ms = (seconds: number): number => Math.max(0, Math.round(seconds * 1000));

function fateOf({ before, after }: Pair, { first, second, began }: Seen): Judged {
  if (before === undefined)
    return first === undefined
      ? { ...NOTHING, fate: 'lost' }
      : { ...NOTHING, fate: 'new', ms: ms(first.open - began) };
  if (after === undefined) return { ...NOTHING, fate: 'gone' };
  if (first === undefined || first.open > began) return { ...NOTHING, fate: 'unmeasured' };
  if (before !== after && second !== undefined) {
    const inTime = first.cuts.filter(({ to }) => to !== undefined);
    const rest = ms(second.open - first.last);
    return {
      fate: 'moved',
      ms: total(inTime) + rest,
      cuts: inTime.length + (rest > 0 ? 1 : 0),
    };
  }
  return fateOfOne(first);
}

function fateOfOne({ cuts }: Story): Judged {
  if (cuts.length === 0) return { ...NOTHING, fate: 'uncut' };
  const all = { ms: total(cuts), cuts: cuts.length };
  const broken = cuts.find(({ silent }) => silent === undefined);
  if (broken === undefined) {
    const silent = ms(cuts.reduce((sum, cut) => sum + (cut.silent ?? 0), 0));
    return { ...all, fate: 'survived', ...(silent > all.ms ? { silent } : {}) };
  }
  const why = broken.why === undefined ? {} : { why: broken.why };
  return { ...all, fate: cuts.some(({ to }) => to === undefined) ? 'lost' : 'reset', ...why };
}

const total = (cuts: readonly Cut[]): number =>
  ms(cuts.reduce((sum, { from, to }) => sum + (to === undefined ? 0 : to - from), 0));

const earliest = (times: readonly number[]): number => Math.min(...times);
