import type { Finding, PairReading } from '../../../src/layers/gate.js';
import { createPaint } from '../../../src/render/colour.js';
import { pairsText } from '../../../src/render/pairs/pairs-text.js';
import type { RunEvent } from '../../../src/runner/events/events.js';
import { gate, NODES, started } from '../../support/events.js';
import { PLAIN, recordOf } from '../helpers.js';

type Measure = (from: number, to: number) => Partial<PairReading> & { readonly go?: boolean };

const names = (number: number) => Array.from({ length: number }, (_, index) => `node-${index + 1}`);

/** A gate that has measured every ordered pair. */
function measured(name: string, nodes: readonly string[], unit: PairReading['unit'], of: Measure) {
  const findings = nodes.flatMap((node, from) =>
    nodes.flatMap((peer, to): Finding[] => {
      if (from === to) return [];
      const { go = true, ...reading } = of(from, to);
      return [{ go, node, peer, expected: '', seen: '', pair: { network: 'mesh', unit, ...reading } }];
    }),
  );
  return gate(name, name, '', findings);
}

function textOf(
  nodes: readonly string[],
  gates: readonly ReturnType<typeof measured>[],
  { width = 80, paint = PLAIN } = {},
): string {
  const phases = [{ name: 'verify', steps: [], gates: ['handshake', 'ping', 'path-mtu', 'transfer'] }];
  const start = { ...started('check', nodes), phases } as RunEvent;
  return pairsText(recordOf([start, ...gates.flat()]), width, paint);
}

const ping = (nodes: readonly string[], of: Measure = (from, to) => ({ value: 0.3 + 4 * (from + to) })) =>
  measured('ping', nodes, 'ms', of);
const handshake = (nodes: readonly string[], of: Measure = (from, to) => ({ value: 10 * from + to })) =>
  measured('handshake', nodes, 's ago', of);
const transfer = (nodes: readonly string[]) => measured('transfer', nodes, 'ms', () => ({ value: 22.4 }));
const mtu = (nodes: readonly string[], of: Measure = () => ({ value: 1420 })) =>
  measured('path-mtu', nodes, 'bytes', of);

it('puts the matrices of few nodes side by side, and says in a line what is the same everywhere', () => {
  expect(textOf(NODES, [handshake(NODES), ping(NODES), mtu(NODES)])).toBe(
    `               handshake, s ago   ping, ms
from \\ to       1  2  3  4          1   2   3   4
1 ctb-edge-1    ·  1  2  3          · 4.3 8.3  12
2 ms-1         10  · 12 13        4.3   ·  12  16
3 wk-1         20 21  · 23        8.3  12   ·  20
4 wk-2         30 31 32  ·         12  16  20   ·

path-mtu  12 of 12 pairs GO, 1420 bytes
`,
  );
});

it('marks what stopped and what was lost', () => {
  const lossy = ping(NODES, (from, to) => {
    if (from === 3) return { go: false, lost: 9 };
    return to === 0 ? { value: 31, lost: 2 } : { value: 1 };
  });
  expect(textOf(NODES, [lossy])).toBe(
    `               ping, ms
from \\ to         1    2    3    4
1 ctb-edge-1      ·  1.0  1.0  1.0
2 ms-1          31!    ·  1.0  1.0
3 wk-1          31!  1.0    ·  1.0
4 wk-2         STOP STOP STOP    ·

! lost before the first answer, ping: ms-1 -> ctb-edge-1 2, wk-1 -> ctb-edge-1 2
`,
  );
  const painted = textOf(NODES, [lossy], { paint: createPaint(true) });
  expect(painted).toContain('\u001b[31mSTOP\u001b[39m');
  expect(painted).toContain('\u001b[33m 31!\u001b[39m');
  expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(textOf(NODES, [lossy]));
});

it('leaves empty what no gate measures, and says ok if nothing was timed', () => {
  const toHub = ping(NODES, () => ({})).map((event) =>
    event.type === 'gate-ended'
      ? { ...event, findings: event.findings.filter(({ node, peer }) => [node, peer].includes('ms-1')) }
      : event,
  );
  const slow = handshake(NODES);
  expect(textOf(NODES, [slow, toHub])).toContain('ping  6 of 6 pairs GO\n');
  const mixed = ping(NODES, (from) => (from === 0 ? {} : { value: 12 }));
  expect(textOf(NODES, [mixed])).toContain('1 ctb-edge-1    · ok ok ok\n');
});

it('takes the worse of several readings of a pair', () => {
  const way = { go: true, node: 'ms-1', peer: 'wk-1', expected: '', seen: '' };
  const reading = (value: number): Finding => ({ ...way, pair: { network: 'mesh', unit: 'ms', value } });
  const shown = textOf(NODES, [gate('verify', 'transfer', '', [reading(3), reading(7), reading(5)])]);
  expect(shown).toBe('transfer  1 of 1 pair GO, 7.0 ms\n');
});

it('keeps networks apart, and names them', () => {
  const inNetwork = (network: string) =>
    ping(NODES, (from, to) => ({ value: from + to, network })) as ReturnType<typeof measured>;
  const both = gate('verify', 'ping', '', [
    ...[inNetwork('mesh'), inNetwork('office')].flatMap((events) =>
      events.flatMap((event) => (event.type === 'gate-ended' ? event.findings : [])),
    ),
  ]);
  expect(textOf(NODES, [both]).split('\n')[0]).toBe('               ping in mesh, ms   ping in office, ms');
});

const TWELVE = `             ping, ms
from \\ to      1   2   3   4   5   6   7   8   9  10  11  12
 1 node-1      · 4.3 8.3  12  16  20  24  28  32  36  40  44
 2 node-2    4.3   ·  12  16  20  24  28  32  36  40  44  48
 3 node-3    8.3  12   ·  20  24  28  32  36  40  44  48  52
 4 node-4     12  16  20   ·  28  32  36  40  44  48  52  56
 5 node-5     16  20  24  28   ·  36  40  44  48  52  56  60
 6 node-6     20  24  28  32  36   ·  44  48  52  56  60  64
 7 node-7     24  28  32  36  40  44   ·  52  56  60  64  68
 8 node-8     28  32  36  40  44  48  52   ·  60  64  68  72
 9 node-9     32  36  40  44  48  52  56  60   ·  68  72  76
10 node-10    36  40  44  48  52  56  60  64  68   ·  76  80
11 node-11    40  44  48  52  56  60  64  68  72  76   ·  84
12 node-12    44  48  52  56  60  64  68  72  76  80  84   ·
`;

it('has one matrix for twelve nodes, and a line for each gate besides', () => {
  const nodes = names(12);
  const fresh = handshake(nodes, (from, to) => ({ value: (from + to) % 4 }));
  const bytes = measured('transfer', nodes, 'ms', (from, to) => ({
    value: 8.2 + (from === 3 && to === 5 ? 9 : 0),
  }));
  expect(textOf(nodes, [fresh, ping(nodes), mtu(nodes), bytes])).toBe(
    `${TWELVE}
handshake  132 of 132 pairs GO, newest 0 s, oldest 3 s ago
path-mtu   132 of 132 pairs GO, 1420 bytes
transfer   132 of 132 pairs GO, 8.2 to 17 ms (node-4 -> node-6), median 8.2
`,
  );
});

it('draws the matrix with a STOP rather than another, and names in a line what stops in others', () => {
  const nodes = names(8);
  const stop: Measure = (from, to) => (from === 1 && to === 2 ? { go: false } : { value: 1 });
  const lines = textOf(nodes, [handshake(nodes, stop), ping(nodes)]).split('\n');
  expect(lines[0]).toBe('            handshake, s ago');
  expect(lines).toContain('2 node-2       1    · STOP    1    1    1    1    1');
  expect(lines).toContain('ping  56 of 56 pairs GO, 4.3 to 52 ms (node-8 -> node-7), median 28');
  const both = textOf(nodes, [handshake(nodes, stop), ping(nodes, stop)]);
  expect(both).toContain('\nping  55 of 56 pairs GO, 1.0 ms\n  node-2 -> node-3: STOP\n');
});

it('fits twelve nodes with the longest names and values into 80 columns', () => {
  const nodes = names(12).map((name) => `${name}-of-a-place-far-away`);
  const wide = ping(nodes, (from) => (from === 2 ? { go: false } : { value: 2345, lost: 1 }));
  const lines = textOf(nodes, [wide, handshake(nodes), transfer(nodes)]).split('\n');
  expect(lines).toContain(' 3 no…    STOP  STOP     ·  STOP  STOP  STOP  STOP  STOP  STOP  STOP  STOP  STOP');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

it('folds more nodes than that, and what is too wide, to what differs from the rest', () => {
  const nodes = names(40);
  const far: Measure = (from, to) => ({ value: from === 5 && to < 8 ? 400 : 10 + (to % 3) });
  const lost: Measure = (_from, to) => (to === 7 ? { go: false } : { value: 4 });
  const narrow: Measure = (from, to) => ({ value: from === 1 && to === 2 ? 1380 : 1420 });
  expect(textOf(nodes, [handshake(nodes, lost), ping(nodes, far), mtu(nodes, narrow)])).toBe(
    `handshake  1521 of 1560 pairs GO, 4 s ago
  all 39 others -> node-8: STOP
ping       1560 of 1560 pairs GO, 10 to 12 ms, median 11
  node-6 -> node-1, node-2, node-3, node-4 and 3 more: 400 ms
path-mtu   1560 of 1560 pairs GO, 1420 bytes
  node-2 -> node-3: 1380 bytes
`,
  );
  expect(textOf(NODES, [ping(NODES)], { width: 20 })).toBe(
    `ping  12 of 12 pairs
      GO, 4.3 to 20
      ms (wk-2 ->
      wk-1), median
      12
`,
  );
});

it('stays on one screen with a hundred nodes, the pairs that STOP first', () => {
  const nodes = names(100);
  const worse: Measure = (from, to) => {
    if (from === 90) return { go: false };
    return { value: to % 9 === 0 && from % 11 === to % 11 ? 300 + from : 10 };
  };
  const lines = textOf(nodes, [handshake(nodes), ping(nodes, worse), mtu(nodes), transfer(nodes)]).split(
    '\n',
  );
  expect(lines.length).toBeLessThan(20);
  expect(lines[2]).toBe('  node-91 -> all 99 others: STOP');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

it('is empty if no pair was measured', () => {
  expect(textOf(NODES, [gate('kernel', 'sysctl', '8 of 8')])).toBe('');
});
