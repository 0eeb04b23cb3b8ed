import type { Finding } from '../../../src/layers/gate.js';
import type { RunEvent, StampedEvent } from '../../../src/runner/events/events.js';
import { joinReports, worstExit } from '../../../src/runner/shards/join-reports.js';
import { isEvent, readShardReport, type ShardReport } from '../../../src/runner/shards/report.js';
import {
  FAILED_RUN,
  GO_RUN,
  LOST_PAIR,
  PLAN_RUN,
  RELIED_RUN,
  STOP_RUN,
  UNREACHABLE_RUN,
} from '../../support/events.js';
import { end, gate, phase, shardRun, textOf } from './shard-runs.js';

const reportsOf = (...runs: readonly StampedEvent[][]): ShardReport[] =>
  runs.map((events, index) => {
    const reading = readShardReport(`shard-${index + 1}.jsonl`, textOf(events));
    if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
    return reading.report;
  });

const eventsOf = <T extends RunEvent['type']>(events: readonly StampedEvent[], type: T) =>
  events.filter((event): event is Extract<StampedEvent, { type: T }> => event.type === type);

const finding = (node: string, peer?: string, go = true): Finding => ({
  go,
  node,
  ...(peer === undefined ? {} : { peer }),
  expected: 'an answer',
  seen: go ? '1 ms' : 'none',
});

describe('every event that runs emit can be read back', () => {
  it.each(Object.entries({ GO_RUN, STOP_RUN, FAILED_RUN, UNREACHABLE_RUN, RELIED_RUN, PLAN_RUN }))(
    '%s',
    (_name, events) => {
      for (const event of events) expect([event.type, isEvent(event)]).toEqual([event.type, true]);
    },
  );

  it.each([
    ['no object', 'text'],
    ['null', null],
    ['no type', { run: 'r', at: '2026-01-01T00:00:00Z' }],
    ['a type that no run emits', { type: 'toString', run: 'r', at: '2026-01-01T00:00:00Z' }],
    ['no stamp', { type: 'phase-started', phase: 'x' }],
    ['no time', { type: 'phase-started', phase: 'x', run: 'r', at: 'soon' }],
    ['an exit code that there isn’t', { ...end(9), run: 'r', at: '2026-01-01T00:00:00Z' }],
    [
      'a finding without a node',
      {
        ...gate('one', 'ping', [{ go: true } as Finding]),
        run: 'r',
        at: '2026-01-01T00:00:00Z',
      },
    ],
  ])('but not %s', (_what, value) => {
    expect(isEvent(value)).toBe(false);
  });
});

describe('a joined report', () => {
  it('is as one run would have reported it: all nodes, every pair once, sums, the time from first to last', () => {
    const whole = joinReports(
      reportsOf(
        shardRun(
          1,
          ['a'],
          [phase('one'), gate('one', 'ping', [finding('a', 'b')]), phase('one', 'go', 2), end(0, 2)],
        ),
        shardRun(
          2,
          ['b'],
          [phase('one'), gate('one', 'ping', [finding('b', 'a')]), phase('one', 'go', 1), end(0, 1)],
        ),
      ),
    );
    expect(whole[0]).toMatchObject({
      type: 'run-started',
      nodes: ['a', 'b'],
      joined: ['run-1', 'run-2'],
      run: 'run-1',
      phases: [{ name: 'one', steps: ['step 1', 'step 2'], gates: ['ping'] }],
    });
    expect(whole[0]).not.toHaveProperty('shard');
    expect(eventsOf(whole, 'gate-ended')).toMatchObject([
      {
        gate: 'ping',
        go: true,
        summary: '2 of 2 pairs GO',
        findings: [
          { node: 'a', peer: 'b' },
          { node: 'b', peer: 'a' },
        ],
      },
    ]);
    expect(eventsOf(whole, 'phase-ended')).toMatchObject([{ phase: 'one', outcome: 'go', changes: 3 }]);
    expect(whole.at(-1)).toMatchObject({ type: 'run-ended', exit: 0, changes: 3, ms: 1300 });
    for (const event of whole) expect(isEvent(event)).toBe(true);
    expect(new Set(whole.map(({ run }) => run))).toEqual(new Set(['run-1']));
  });

  it('doesn’t depend on the order in which the reports are given', () => {
    const runs = reportsOf(
      shardRun(1, ['a'], [phase('one'), gate('one', 'ping', [finding('a')]), phase('one', 'go'), end(0)]),
      shardRun(2, ['b'], [phase('one'), gate('one', 'ping', [finding('b')]), phase('one', 'go'), end(0)]),
    );
    expect(joinReports([...runs].reverse())).toEqual(joinReports(runs));
    expect(eventsOf(joinReports(runs), 'gate-ended')[0]?.summary).toBe('2 of 2 findings GO');
  });

  it('answers STOP if one shard does, and leaves out what another never reached', () => {
    const whole = joinReports(
      reportsOf(
        shardRun(
          1,
          ['a'],
          [
            phase('one'),
            gate('one', 'keys', [finding('a')]),
            phase('one', 'go', 4),
            phase('two'),
            gate('two', 'peers', [finding('a')]),
            end(130),
          ],
        ),
        shardRun(
          2,
          ['b'],
          [
            phase('one'),
            gate('one', 'keys', [finding('b', undefined, false)]),
            phase('one', 'stop', 1),
            end(3),
          ],
        ),
      ),
    );
    expect(eventsOf(whole, 'gate-ended').map(({ gate: id, go, summary }) => [id, go, summary])).toEqual([
      ['keys', false, '1 of 2 findings GO'],
    ]);
    expect(eventsOf(whole, 'phase-ended').map(({ phase: name, outcome }) => [name, outcome])).toEqual([
      ['one', 'stop'],
    ]);
    expect(whole.at(-1)).toMatchObject({ exit: 130 });
  });

  it('doesn’t end a phase that one shard never reached', () => {
    const whole = joinReports(
      reportsOf(
        shardRun(
          1,
          ['a'],
          [phase('one'), gate('one', 'keys', [finding('a')]), phase('one', 'go', 4), end(3)],
        ),
        shardRun(2, ['b'], [end(4)]),
      ),
    );
    expect(eventsOf(whole, 'gate-ended')).toEqual([]);
    expect(eventsOf(whole, 'phase-ended')).toEqual([]);
  });

  it('reports a node that no shard reaches once, with its error once', () => {
    const error = { code: 'E_SSH_REFUSED', message: 'refused', node: 'b' } as const;
    const failed: RunEvent[] = [
      { type: 'node-connecting', node: 'b' },
      { type: 'node-failed', node: 'b', error },
      { ...end(4), errors: [error] },
    ];
    const whole = joinReports(reportsOf(shardRun(1, ['a'], failed), shardRun(2, ['b'], failed)));
    expect(eventsOf(whole, 'node-failed')).toHaveLength(1);
    expect(eventsOf(whole, 'node-connecting')).toHaveLength(1);
    expect(whole.at(-1)).toMatchObject({ exit: 4, errors: [error] });
  });

  it('names what a phase that failed in one shard has left on the nodes of all', () => {
    const nodes = { changed: ['b'], untouched: [], reverted: [], unknown: [] };
    const done: RunEvent = { type: 'change-done', phase: 'one', step: 's', node: 'a', summary: 'x', ms: 1 };
    const whole = joinReports(
      reportsOf(
        shardRun(1, ['a'], [phase('one'), done, phase('one', 'go', 1), end(0, 1)]),
        shardRun(
          2,
          ['b'],
          [
            phase('one'),
            { type: 'phase-ended', phase: 'one', outcome: 'failed', changes: 1, nodes },
            end(7, 1),
          ],
        ),
      ),
    );
    expect(eventsOf(whole, 'phase-ended')).toMatchObject([
      { outcome: 'failed', nodes: { changed: ['a', 'b'], untouched: [] } },
    ]);
    expect(eventsOf(whole, 'change-done')).toHaveLength(1);
  });

  it('keeps the evidence of a pair that fails in one family', () => {
    const lost = { ...finding('a', 'b', false), expected: 'IPv6' };
    const [joined] = eventsOf(
      joinReports(
        reportsOf(
          shardRun(
            1,
            ['a'],
            [phase('one'), gate('one', 'transfer', [finding('a', 'b'), lost]), phase('one', 'stop'), end(3)],
          ),
          shardRun(
            2,
            ['b'],
            [
              phase('one'),
              gate('one', 'transfer', [finding('b', 'a'), LOST_PAIR]),
              phase('one', 'stop'),
              end(3),
            ],
          ),
        ),
      ),
      'gate-ended',
    );
    expect(joined).toMatchObject({ summary: '1 of 3 pairs GO' });
    expect(joined?.findings).toContainEqual(lost);
  });
});

it('keeps the version and what the network looks like', () => {
  const overview = { sites: [], nodes: [], networks: [] };
  const over = { version: '0.1.0', overview };
  const shards = reportsOf(
    shardRun(1, ['a'], [phase('one'), phase('one', 'go'), end(0)], over),
    shardRun(2, ['b'], [phase('one'), phase('one', 'go'), end(0)], over),
  );
  expect(joinReports(shards)[0]).toMatchObject(over);
});

it.each([
  [[0, 0], 0],
  [[3, 7], 7],
  [[7, 5], 5],
  [[5, 130], 130],
  [[0, 4, 3], 4],
  [[6, 3], 6],
  [[1, 7], 1],
])('%j ends in %i', (exits, worst) => {
  expect(worstExit(exits)).toBe(worst);
  expect(worstExit([...exits].reverse())).toBe(worst);
});
