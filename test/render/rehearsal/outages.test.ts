import type { Outage } from '../../../src/lab/streams/outages.js';
import { outageJson, outageLines } from '../../../src/render/rehearsal/outages.js';
import { PLAIN } from '../helpers.js';

const UNCUT: Outage = {
  way: 'network',
  from: 'wk-1',
  to: 'edge-1',
  network: 'mesh',
  family: 4,
  before: '10.20.0.2',
  after: '10.20.0.2',
  passes: ['wk-1', 'edge-1'],
  fate: 'uncut',
  ms: 0,
  cuts: 0,
  planned: 'none',
};
const pair = (from: string, to: string, changes: Partial<Outage> = {}): Outage => ({
  ...UNCUT,
  from,
  to,
  ...changes,
});
const login = (to: string): Outage => {
  const { network, family, ...rest } = UNCUT;
  return { ...rest, way: 'ssh', from: 'laptop', to };
};
const shown = (outages: readonly Outage[], width = 160) =>
  outageLines({ former: 'run 20260101-000000-aaaaaa', outages }, { width, paint: PLAIN });

it('shows the worst first, and those to which the same happened on one line', () => {
  expect(
    shown([
      pair('wk-1', 'wk-2'),
      pair('a', 'b', { fate: 'survived', ms: 1210, cuts: 1, planned: 'brief' }),
      pair('a', 'c', { fate: 'survived', ms: 1190, cuts: 1, planned: 'brief' }),
      pair('a', 'd', { fate: 'survived', ms: 1240, cuts: 1, planned: 'brief' }),
      pair('a', 'e', {
        fate: 'reset',
        ms: 3020,
        cuts: 1,
        why: 'connection reset by peer',
        planned: 'outage',
      }),
      pair('a', 'f', { fate: 'lost', cuts: 1, why: 'no answer', planned: 'outage' }),
      pair('a', 'g', { fate: 'new', ms: 12_300 }),
      login('wk-1'),
      login('wk-2'),
      login('edge-1'),
    ]),
  ).toEqual([
    'What the change from run 20260101-000000-aaaaaa cuts, by a TCP stream on each of 7 pairs and an SSH session to 3 nodes:',
    '  a ↔ f             cut (no answer), and not reachable again (the plan said an outage)',
    '  a ↔ e             the connection ended (connection reset by peer); reachable again after 3.0 s (the plan said an outage)',
    '  a ↔ d and 2 more  cut for 1.2 s; the connection survived (the plan said a brief cut)',
    '  a ↔ g             new: reachable 12.3 s after the change began',
    '  wk-1 ↔ wk-2       not cut (the plan said no cut)',
    '  ssh to 3 nodes    not cut (the plan said no cut)',
  ]);
});

it.each<[Partial<Outage>, string]>([
  [
    { fate: 'survived', ms: 1700, cuts: 2, silent: 3000 },
    'cut 2 times, for 1.7 s in all; the connection survived, and went on after 3.0 s',
  ],
  [
    { fate: 'moved', ms: 2100, cuts: 1, after: '10.30.0.2' },
    'the address changes: 10.20.0.2 → 10.30.0.2; reachable at the new one after 2.1 s',
  ],
  [
    { fate: 'moved', ms: 0, after: '10.30.0.2' },
    'the address changes: 10.20.0.2 → 10.30.0.2; reachable at the new one at once',
  ],
  [{ fate: 'gone' }, 'leaves network mesh'],
  [{ way: 'client', fate: 'lost', cuts: 1 }, 'cut until the client gets its new configuration'],
  [{ fate: 'unmeasured' }, 'not reachable before the change, so nothing was measured'],
  [{ fate: 'survived', ms: 420, cuts: 1, planned: 'brief' }, 'cut for 420 ms; the connection survived'],
])('words %j', (changes, text) => {
  expect(shown([pair('a', 'b', changes)])[1]).toContain(`  a ↔ b  ${text}`);
});

it('notes what was cut although the plan said otherwise', () => {
  const cut = { fate: 'survived', ms: 900, cuts: 1 } as const;
  expect(shown([pair('a', 'b', cut), pair('a', 'c')]).at(-1)).toBe(
    'One of them was cut although the plan said that no session is.',
  );
  expect(shown([pair('a', 'b', { ...cut, planned: 'brief' })]).at(-1)).not.toContain('although');
});

it('names networks and families if there are several', () => {
  const other = pair('a', 'b', { network: 'other', family: 6, fate: 'gone' });
  expect(shown([pair('a', 'b'), other]).slice(1)).toEqual([
    '  a ↔ b in other by IPv6  leaves network other',
    '  a ↔ b in mesh by IPv4   not cut (the plan said no cut)',
  ]);
});

it('wraps what is too long for the terminal', () => {
  expect(shown([pair('a', 'b', { fate: 'moved', ms: 2100, after: '10.30.0.2' })], 60)).toEqual([
    'What the change from run 20260101-000000-aaaaaa cuts, by a',
    'TCP stream on one pair:',
    '  a ↔ b  the address changes: 10.20.0.2 → 10.30.0.2;',
    '         reachable at the new one after 2.1 s (the plan said',
    '         no cut)',
    'One of them was cut although the plan said that no session is.',
  ]);
});

it('prints a JSON line for each', () => {
  const [line] = outageJson([UNCUT]).trimEnd().split('\n');
  expect(JSON.parse(String(line))).toEqual({ type: 'stream-measured', ...UNCUT });
});
