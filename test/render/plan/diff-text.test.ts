import { diffLines } from '../../../src/render/plan/diff-text.js';
import type { PlannedChange } from '../../../src/runner/events/events.js';
import { PLAIN } from '../helpers.js';

const VIEW = { paint: PLAIN, width: 72, full: false, hint: '--full shows them' };
const NONE = { level: 'none' } as const;
const numbered = (many: number, sign = '+') =>
  Array.from({ length: many }, (_, index) => `${sign}line ${index + 1}`);

const shown = (changes: Readonly<Record<string, PlannedChange>>, view: Partial<typeof VIEW> = {}) => {
  const summary = Object.values(changes)[0]?.summary ?? '';
  return diffLines({ summary, changes: new Map(Object.entries(changes)) }, { ...VIEW, ...view });
};

const RULES = [
  '#!/usr/sbin/nft -f',
  '# closed without this table: 10.8.0.2',
  'table inet hub {',
  '\tchain forward {',
  '\t\ttype filter hook forward priority filter; policy accept;',
  '\t\tiifname "wg0" ip saddr 10.8.0.2 ct direction original ct original ip daddr != { 10.8.0.0/24 } drop',
  '\t\tct state established,related accept',
  '\t\tip daddr 10.8.0.0/24 ip saddr 10.8.0.2 accept',
  '\t\tip saddr 10.8.0.2 drop',
  '\t\tip saddr 10.8.0.2 reject',
  '\t\tiifname "wg0" ip6 daddr fd00::/64 accept',
  '\t\tiifname "wg0" drop',
  '\t}',
  '}',
];
const ruleset = (more: readonly string[] = ['', '# end', '']): PlannedChange => ({
  summary: 'write /etc/hub.nft',
  disruption: NONE,
  diff: ['--- /etc/hub.nft', '+++ /etc/hub.nft', ...[...RULES, ...more].map((line) => `+${line}`)].join('\n'),
  creates: { path: '/etc/hub.nft', mode: '0640', purpose: 'what the hub forwards' },
});
const script = (lines: number): PlannedChange => ({
  summary: 'create /etc/cron.daily/tidy',
  disruption: NONE,
  diff: ['+#!/bin/sh', '+', ...numbered(lines - 2)].join('\n'),
  creates: { path: '/etc/cron.daily/tidy', mode: '0755' },
});

it('shows a long new file by its mode, its length, its purpose and the lines with addresses', () => {
  expect(shown({ vps: ruleset() })).toEqual([
    'new file, mode 0640, 17 lines: what the hub forwards',
    '+iifname "wg0" ip saddr 10.8.0.2 ct direction original ct original ip d…',
    '+ip daddr 10.8.0.0/24 ip saddr 10.8.0.2 accept',
    '+ip saddr 10.8.0.2 drop',
    '+iifname "wg0" ip6 daddr fd00::/64 accept',
    '… 13 more lines: --full shows them',
  ]);
});

it('says by how much a new file differs, and whose lines are shown', () => {
  const other = ruleset(['# other', '# node', '# here']);
  expect(shown({ vps: ruleset(), 'wk-1': other }).slice(0, 2)).toEqual([
    'new file, mode 0640, 17 lines (up to 3 differ by node): what the hub',
    'forwards; on vps:',
  ]);
});

it('shows the first lines that are no comments where none has an address, unless the purpose says it', () => {
  expect(shown({ vps: script(13) })).toEqual([
    'new file, mode 0755, 13 lines',
    ...numbered(4),
    '… 9 more lines: --full shows them',
  ]);
  const known = script(60);
  const creates = { path: '/x', mode: '0755', purpose: 'tidies up' };
  expect(shown({ vps: { ...known, creates } })).toEqual(['new file, mode 0755, 60 lines: tidies up']);
});

it('calls no file new that is there on one of the nodes', () => {
  const there = { summary: 'create /etc/cron.daily/tidy', disruption: NONE, diff: '-old\n+new' };
  expect(shown({ vps: script(13), 'wk-1': there })[0]).toBe('up to 13 of 13 lines differ by node; on vps:');
});

it('shows a short new file as it is', () => {
  expect(shown({ vps: script(12) })).toEqual(['+#!/bin/sh', '+', ...numbered(10)]);
});

it('cuts the diff of a changed file after 40 lines', () => {
  const change = (lines: number): PlannedChange => ({
    summary: 'write /f',
    disruption: NONE,
    diff: numbered(lines, '-').join('\n'),
  });
  expect(shown({ vps: change(41) })).toEqual(numbered(41, '-'));
  expect(shown({ vps: change(60) })).toEqual([...numbered(40, '-'), '… 20 more lines: --full shows them']);
});

it('shows every line in full, once for the nodes that have the same', () => {
  const [first, second] = [ruleset(), ruleset(['# other'])];
  const linesOf = ({ diff = '' }: PlannedChange) => diff.split('\n').slice(2);
  expect(shown({ vps: first }, { full: true })).toEqual(linesOf(first));
  expect(shown({ vps: first, a: second, b: first }, { full: true })).toEqual([
    'on vps, b:',
    ...linesOf(first),
    'on a:',
    ...linesOf(second),
  ]);
});

it('wraps long lines unless they are shown in full', () => {
  const long: PlannedChange = {
    summary: 'write /f',
    disruption: NONE,
    diff: `+  ${'word '.repeat(8).trim()}`,
  };
  expect(shown({ vps: long }, { width: 24 })).toEqual(['+  word word word word', '     word word word word']);
  expect(shown({ vps: long }, { width: 24, full: true })).toEqual([long.diff]);
});

it('shortens a line that is very long, and says so, but not in a full view', () => {
  const change: PlannedChange = {
    summary: 'write /etc/one-line',
    disruption: NONE,
    diff: `-short\n+${'x'.repeat(2 ** 20)}\n+end`,
  };
  const lines = shown({ vps: change });
  expect(lines[0]).toBe('-short');
  expect(lines.slice(1, -2).join('').replaceAll(/[^x]/g, '')).toHaveLength(499);
  expect(lines.slice(-2)).toEqual(['… 1048077 more characters: --full shows them', '+end']);
  expect(shown({ vps: change }, { full: true })).toContain(`+${'x'.repeat(2 ** 20)}`);
});
