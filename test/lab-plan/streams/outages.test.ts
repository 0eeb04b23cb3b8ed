import { outagesOf } from '../../../src/lab/streams/outages.js';
import type { Pair } from '../../../src/lab/streams/pairs.js';
import type { StreamEvent, StreamsLog } from '../../../src/packets/streams/streams-program.js';
import type { StampedEvent } from '../../../src/runner/events/events.js';

const SAME: Pair = {
  way: 'network',
  from: 'a',
  to: 'b',
  network: 'mesh',
  family: 4,
  before: '10.20.0.2',
  after: '10.20.0.2',
  passes: ['a', 'b'],
};
const { after: _after, ...GONE } = SAME;
const { before: _before, ...NEW } = SAME;
const MOVED: Pair = { ...SAME, after: '10.30.0.2' };

const open = (at: number): StreamEvent => ({ kind: 'open', at });
const gap = (last: number, reached: number, resumed = reached): StreamEvent => ({
  kind: 'gap',
  last,
  reached,
  resumed,
});
const end = (last: number, why = 'connection reset by peer'): StreamEvent => ({ kind: 'end', last, why });
const last = (at: number, reached?: number): StreamEvent => ({ kind: 'last', last: at, reached });

/** What became of one pair; the change begins at 10 and is over at 100. */
function outage(pair: Pair, first: readonly StreamEvent[], second: readonly StreamEvent[] = []) {
  const log: StreamsLog = {
    change: 10,
    settled: 100,
    events: new Map([
      [0, first],
      [1, second],
    ]),
  };
  const other: StreamsLog = { change: 10.2, settled: 99, events: new Map() };
  const [only] = outagesOf([pair], [log, other], []);
  const { fate, ms, cuts, silent, why } = only ?? {};
  return Object.fromEntries(
    Object.entries({ fate, ms, cuts, silent, why }).filter(([, value]) => value !== undefined),
  );
}

it.each<[string, Pair, readonly StreamEvent[], readonly StreamEvent[], object]>([
  ['flows all the time', SAME, [open(1), last(101)], [], { fate: 'uncut', ms: 0, cuts: 0 }],
  ['is silent once', SAME, [open(1), gap(20, 21.2), last(101)], [], { fate: 'survived', ms: 1200, cuts: 1 }],
  [
    'could be reached before its connection went on',
    SAME,
    [open(1), gap(20, 21.2, 22.5), gap(30, 30.5), last(101)],
    [],
    { fate: 'survived', ms: 1700, cuts: 2, silent: 3000 },
  ],
  [
    'is reset',
    SAME,
    [open(1), gap(20, 21), end(30), open(33), last(101)],
    [],
    { fate: 'reset', ms: 4000, cuts: 2, why: 'connection reset by peer' },
  ],
  [
    'is not reached again',
    SAME,
    [open(1), end(30, 'no answer')],
    [],
    { fate: 'lost', ms: 0, cuts: 1, why: 'no answer' },
  ],
  ['is silent at the end', SAME, [open(1), last(40)], [], { fate: 'lost', ms: 0, cuts: 1 }],
  [
    'is silent at the end, but can be reached',
    SAME,
    [open(1), last(40, 41)],
    [],
    { fate: 'reset', ms: 1000, cuts: 1 },
  ],
  [
    'ends with the measurement',
    SAME,
    [open(1), end(99.9, 'closed by the other side')],
    [],
    { fate: 'uncut', ms: 0, cuts: 0 },
  ],
  [
    'ends after the measurement',
    SAME,
    [open(1), end(100.4), open(100.6), last(101)],
    [],
    { fate: 'uncut', ms: 0, cuts: 0 },
  ],
  [
    'gets another address',
    MOVED,
    [open(1), last(20)],
    [open(22.1), last(101)],
    { fate: 'moved', ms: 2100, cuts: 1 },
  ],
  [
    'gets another address before the old one ends',
    MOVED,
    [open(1), last(20)],
    [open(19), last(101)],
    { fate: 'moved', ms: 0, cuts: 0 },
  ],
  [
    'was to get another address, and kept its own',
    MOVED,
    [open(1), gap(20, 21), last(101)],
    [],
    { fate: 'survived', ms: 1000, cuts: 1 },
  ],
  ['is new', NEW, [open(17), last(101)], [], { fate: 'new', ms: 7000, cuts: 0 }],
  ['is new, and does not come', NEW, [], [], { fate: 'lost', ms: 0, cuts: 0 }],
  ['leaves', GONE, [open(1), end(20)], [], { fate: 'gone', ms: 0, cuts: 0 }],
  ['was never reached', SAME, [], [], { fate: 'unmeasured', ms: 0, cuts: 0 }],
  ['was reached only after the change', SAME, [open(30)], [], { fate: 'unmeasured', ms: 0, cuts: 0 }],
])('a pair that %s', (_, pair, first, second, expected) => {
  expect(outage(pair, first, second)).toEqual(expected);
});

it('says the worst that the plan said of the nodes on the way', () => {
  const planned = (node: string, level: 'none' | 'brief' | 'outage'): StampedEvent => ({
    type: 'step-planned',
    phase: 'tunnel',
    step: 'tunnel.1',
    name: 'wireguard',
    node,
    changes: [
      { summary: 'x', disruption: { level } },
      { summary: 'y', disruption: { level: 'none' } },
    ],
    run: '20260101-000000-a',
    at: '2026-01-01T00:00:00Z',
  });
  const log: StreamsLog = { change: 10, settled: 100, events: new Map() };
  const levels = (passes: readonly string[]) =>
    outagesOf(
      [{ ...SAME, passes }],
      [log],
      [planned('a', 'none'), planned('b', 'brief'), planned('hub', 'outage')],
    )
      .map(({ planned: level }) => level)
      .join();
  expect(levels(['a', 'c'])).toBe('none');
  expect(levels(['a', 'b'])).toBe('brief');
  expect(levels(['a', 'b', 'hub'])).toBe('outage');
});
