import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { StampedEvent } from '../../src/runner/events/events.js';
import { end, gate, phase, shardRun, textOf } from '../runner/shards/shard-runs.js';
import { cli, folderWith } from './helpers.js';

const GO = (index: number, over: Parameters<typeof shardRun>[3] = {}): StampedEvent[] => {
  const [node, peer] = index === 1 ? ['a', 'b'] : ['b', 'a'];
  const events = [
    phase('one'),
    gate('one', 'ping', [{ go: true, node: String(node), peer, expected: 'an answer', seen: '1 ms' }]),
    phase('one', 'go', index),
    end(0, index),
  ];
  return shardRun(index, [String(node)], events, over);
};

/** Runs `report merge` on files of these texts, in their order. */
async function merge(files: Readonly<Record<string, string>>, ...flags: string[]) {
  const folder = folderWith(files);
  const shown = await cli(['report', 'merge', ...Object.keys(files), ...flags], folder);
  return { ...shown, lines: shown.stderr.trimEnd().split('\n') };
}

const ONE = textOf(GO(1));
const TWO = textOf(GO(2));

describe('report merge', () => {
  it('prints the joined report, and exits as the joined run would', async () => {
    const { code, stdout, stderr } = await merge({ 'b.jsonl': TWO, 'a.jsonl': ONE });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      'apply: home with mesh, 2 nodes in 2 shards\n\n' +
        'one  ping  GO  2 of 2 pairs GO\n\n' +
        'GO  1 phase, 1 gate, 3 changes in 1.3 s\n',
    );
  });

  it('prints the joined events with --json', async () => {
    const { code, stdout } = await merge({ 'a.jsonl': ONE, 'b.jsonl': TWO }, '--json');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as StampedEvent);
    expect(code).toBe(0);
    expect(events.map(({ type }) => type)).toEqual([
      'run-started',
      'phase-started',
      'gate-ended',
      'phase-ended',
      'run-ended',
    ]);
  });

  it('prints the evidence of a STOP, and exits with the worst of the exit codes', async () => {
    const lost = { go: false, node: 'b', peer: 'a', expected: 'an answer', seen: '\u001b[2Jnone' };
    const stopped = [phase('one'), gate('one', 'ping', [lost]), phase('one', 'stop'), end(3)];
    const { code, stdout } = await merge({ 'a.jsonl': ONE, 'b.jsonl': textOf(shardRun(2, ['b'], stopped)) });
    expect(code).toBe(3);
    expect(stdout).toContain('STOP one / ping\n  1 of 2 pairs GO\n  b -> a\n');
    expect(stdout).toContain('STOP at one / ping  0 gates GO, 1 change made in 1.3 s');
    expect(stdout).not.toContain('\u001b');
  });

  it('joins plans into one plan', async () => {
    const plan = (index: number, node: string): string =>
      textOf(
        shardRun(
          index,
          [node],
          [
            phase('one'),
            {
              type: 'step-planned',
              phase: 'one',
              step: 's',
              name: 'keys',
              node,
              changes: [{ summary: `make a key on ${node}`, disruption: { level: 'none' } }],
            },
            phase('one', 'planned', 1),
            end(0, 1),
          ],
          { command: 'plan' },
        ),
      );
    const { code, stdout } = await merge({ 'a.jsonl': plan(1, 'a'), 'b.jsonl': plan(2, 'b') });
    expect(code).toBe(0);
    expect(stdout).toContain('Plan: 2 changes on 2 nodes; no session is cut');
  });
});

describe('what can’t be joined is refused, all of it at once', () => {
  const FIX = 'pass the standard output of `bridgehead … --json --shard I/N`, and nothing else';
  const lines = ONE.trimEnd().split('\n');

  it.each<[string, Record<string, string>, string[]]>([
    [
      'an empty file',
      { 'a.jsonl': '', 'b.jsonl': TWO },
      [
        'a.jsonl  it is empty: its run reported nothing; see what that run said on standard error, and run its shard again',
      ],
    ],
    [
      'what isn’t a report, and a report that was cut off',
      { 'a.jsonl': 'hello\n{}\n', 'b.jsonl': TWO.slice(0, -40) },
      [
        `a.jsonl:1  not an event of a run; ${FIX}`,
        `a.jsonl:2  not an event of a run; ${FIX}`,
        'b.jsonl:5  the file is cut off in the middle of a line; download the complete file, or run its shard again',
      ],
    ],
    [
      'a line that was changed',
      {
        'a.jsonl': [lines[0], lines[1], '{"type":"gate-ended"}', ...lines.slice(3), ''].join('\n'),
        'b.jsonl': TWO,
      },
      [`a.jsonl:3  not an event of a run; ${FIX}`],
    ],
    [
      'a run that was killed',
      { 'a.jsonl': `${lines.slice(0, -1).join('\n')}\n`, 'b.jsonl': TWO },
      [
        'a.jsonl  the end is missing: the run did not finish; it was killed or is still running: run its shard again',
      ],
    ],
    [
      'a report without its beginning',
      { 'a.jsonl': `${lines.slice(1).join('\n')}\n`, 'b.jsonl': TWO },
      ['a.jsonl:1  the beginning is missing: no run-started event'],
    ],
    [
      'two runs in one file',
      { 'a.jsonl': `${ONE}${TWO}` },
      ['a.jsonl  it holds more than one run: run-1 and run-2; write each run to its own file'],
    ],
    [
      'a run that was no shard',
      {
        'a.jsonl': textOf(GO(1).map((event) => ('shard' in event ? { ...event, shard: undefined } : event))),
        'b.jsonl': TWO,
      },
      ['a.jsonl  not the report of a shard: the run was made without --shard'],
    ],
    [
      'an apply that nobody allowed',
      { 'a.jsonl': textOf(shardRun(1, ['a'], [end(0)])), 'b.jsonl': TWO },
      ['a.jsonl  the run ended before one: its plan was declined; run its shard again, with --yes'],
    ],
    [
      'a missing shard',
      { 'a.jsonl': ONE },
      ['a.jsonl  the report of shard 2/2 is missing; pass the reports of all shards'],
    ],
    [
      'a shard that is there twice, and one that isn’t',
      { 'a.jsonl': ONE, 'b.jsonl': ONE },
      [
        'b.jsonl  shard 1/2 was given twice: it is in a.jsonl, too; pass only the newer of the two',
        'a.jsonl  the report of shard 2/2 is missing; pass the reports of all shards',
      ],
    ],
    [
      'another inventory, playbook, command and selection',
      {
        'a.jsonl': ONE,
        'b.jsonl': textOf(
          GO(2, {
            command: 'check',
            inventory: { file: '/net/home.yaml', name: 'home', digest: 'j'.repeat(64) },
            playbook: { file: '/net/mesh.yaml', name: 'mine', digest: 'p'.repeat(64) },
            phases: [],
          }),
        ),
      },
      [
        'b.jsonl  its command is check, but that of a.jsonl is apply; pass the reports of one matrix, made from one checkout',
        'b.jsonl  its inventory is home (jjjjjjjjjjjj), but that of a.jsonl is home (iiiiiiiiiiii); pass the reports of one matrix, made from one checkout',
        'b.jsonl  its playbook is mine (pppppppppppp), but that of a.jsonl is mesh (pppppppppppp); pass the reports of one matrix, made from one checkout',
        'b.jsonl  its selection of phases is empty, but that of a.jsonl is one; pass the reports of one matrix, made from one checkout',
      ],
    ],
    [
      'shards of another split',
      { 'a.jsonl': ONE, 'b.jsonl': textOf(GO(2, { shard: { index: 2, of: 3, total: 2 } })) },
      [
        'b.jsonl  its number of shards is 3, but that of a.jsonl is 2; pass the reports of one matrix, made from one checkout',
        'a.jsonl  the report of shard 2/2 is missing; pass the reports of all shards',
      ],
    ],
    [
      'shares that overlap',
      { 'a.jsonl': ONE, 'b.jsonl': textOf(GO(2, { nodes: ['a', 'b'] })) },
      [
        'b.jsonl  a is in its shard and also in that of a.jsonl; run all shards with one version of bridgehead',
      ],
    ],
    [
      'shares that leave nodes out',
      {
        'a.jsonl': textOf(GO(1, { shard: { index: 1, of: 2, total: 5 } })),
        'b.jsonl': textOf(GO(2, { shard: { index: 2, of: 2, total: 5 } })),
      },
      ['a.jsonl  the shards cover 2 of 5 nodes; run all shards with one version of bridgehead'],
    ],
  ])('%s', async (_what, files, expected) => {
    const { code, stdout, lines: shown } = await merge(files);
    expect({ code, stdout, shown }).toEqual({ code: 2, stdout: '', shown: expected });
  });

  it('a file that isn’t there, next to the others’ problems', async () => {
    const folder = folderWith({ 'a.jsonl': ONE, 'c.jsonl': '' });
    symlinkSync(folder, join(folder, 'folder'));
    const { code, stderr } = await cli(
      ['report', 'merge', 'a.jsonl', 'b.jsonl', 'c.jsonl', 'folder'],
      folder,
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^b\.jsonl {2}no such file; .*\nc\.jsonl {2}it is empty.*\nfolder {2}cannot be read: EISDIR.*\n$/,
    );
    rmSync(join(folder, 'folder'));
  });

  it('as JSON, if requested', async () => {
    const { code, stdout, stderr } = await merge({ 'a.jsonl': ONE }, '--json');
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ file: 'a.jsonl' }] });
  });

  it('nothing at all', async () => {
    const { code, stderr } = await cli(['report', 'merge']);
    expect(code).toBe(2);
    expect(stderr).toContain("missing required argument 'file'");
  });
});
