import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportJson } from '../../src/render/report/json/report-json.js';
import { reportOf } from '../../src/render/report/run-report/run-report.js';
import type { StampedEvent } from '../../src/runner/events/events.js';
import { end, gate, phase, shardRun, textOf } from '../runner/shards/shard-runs.js';
import { GO_RUN, STOP_RUN } from '../support/events.js';
import { cli, DEAD_INVENTORY, folderWith } from './helpers.js';

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

describe('report', () => {
  const journal = (run: string): string => `state/runs/${run}/journal.jsonl`;
  const files = {
    [journal('20260101-120000-aaaaaa')]: textOf(STOP_RUN),
    [journal('20260102-120000-bbbbbb')]: textOf(GO_RUN),
    'killed.jsonl': textOf(GO_RUN.slice(0, 20)),
  };
  const report = (folder: string, ...words: string[]) =>
    cli(['report', ...words, '--state-dir', join(folder, 'state')], folder);

  it('writes every format of the newest run', async () => {
    const folder = folderWith(files);
    const words = [
      '--html',
      'out/run.html',
      '--junit',
      'run.xml',
      '--markdown',
      'run.md',
      '--json',
      'run.json',
    ];
    const { code, stdout, stderr } = await report(folder, ...words);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toBe('wrote out/run.html\nwrote run.xml\nwrote run.md\nwrote run.json\n');
    const text = (file: string) => readFileSync(join(folder, file), 'utf8');
    expect(text('out/run.html')).toMatch(/^<!DOCTYPE html>[\s\S]*<span class="verdict good">GO<\/span>/);
    expect(text('run.xml')).toContain('<testsuites name="bridgehead apply: home"');
    expect(text('run.md')).toMatch(/^## ✅ GO\n/);
    expect(JSON.parse(text('run.json'))).toMatchObject({ format: 1, verdict: 'GO' });
  });

  it('writes one run by its id to standard output, and exits with 0 whatever its verdict', async () => {
    const { code, stdout } = await report(folderWith(files), 'aaaaaa', '--markdown', '-');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^## ❌ STOP at /);
  });

  it('reads a file of events, of a run that was killed, too', async () => {
    const { code, stdout } = await report(folderWith(files), 'killed.jsonl', '--json', '-');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'UNFINISHED' });
  });

  it.each<[string, string[], RegExp]>([
    ['no format', [], /no report is asked for/],
    [
      'a run that is not there',
      ['20990101-000000-cccccc', '--json', '-'],
      /no run named "2099\S+" has a journal/,
    ],
    ['a path for a run', ['../state/runs', '--json', '-'], /no run named \S+ has a journal/],
    ['a folder for a file', ['--json', 'state'], /^state {2}it is a folder; /],
    [
      'one file for two reports',
      ['--json', 'a', '--html', 'a'],
      /^a {2}two reports cannot be the same file; name a file for each/,
    ],
  ])('refuses %s', async (_what, words, message) => {
    const { code, stdout, stderr } = await report(folderWith(files), ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it.each<[string, string[]]>([
    ['the file with the events', ['killed.jsonl', '--json', 'killed.jsonl']],
    ['another spelling of it', ['killed.jsonl', '--json', 'state/../killed.jsonl']],
    ['a link to it', ['killed.jsonl', '--json', 'link']],
    ['a link to a file that is not there, for two', ['killed.jsonl', '--json', 'gone', '--html', 'absent']],
    ['one file by two spellings', ['killed.jsonl', '--json', 'out/x', '--html', './out/../out/x']],
    ['the journal', ['bbbbbb', '--json', journal('20260102-120000-bbbbbb')]],
  ])('refuses to write over %s', async (_what, words) => {
    const folder = folderWith(files);
    symlinkSync('killed.jsonl', join(folder, 'link'));
    symlinkSync('absent', join(folder, 'gone'));
    const { code, stderr } = await report(folder, ...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /the run reads this file; choose another file|two reports cannot be the same file/,
    );
    for (const [name, text] of Object.entries(files)) {
      expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
    }
  });

  it.each<[string, string, string]>([
    ['no event', '', 'x.jsonl  it has no events: the run reported nothing'],
    [
      'something else',
      'hello\n',
      'x.jsonl:1  not an event of a run; pass the standard output of `bridgehead … --json`, or a journal',
    ],
    ['no start', textOf(GO_RUN.slice(1)), 'x.jsonl:1  the beginning is missing: no run-started event'],
    ['two runs', `${ONE}${TWO}`, 'x.jsonl  it holds more than one run: run-1 and run-2'],
  ])('refuses a file with %s', async (_what, text, line) => {
    const { code, stderr } = await report(folderWith({ 'x.jsonl': text }), 'x.jsonl', '--json', '-');
    expect({ code, stderr }).toEqual({ code: 2, stderr: `${line}\n` });
  });

  it('says why a file cannot be read, rather than that there is no such run', async () => {
    const folder = folderWith(files);
    symlinkSync('round.jsonl', join(folder, 'round.jsonl'));
    const { code, stderr } = await report(folder, 'round.jsonl', '--json', '-');
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'round.jsonl  cannot be read: ELOOP\n' });
  });

  it('says where there is no journal', async () => {
    const { code, stderr } = await report(folderWith(), '--json', '-');
    expect(code).toBe(2);
    expect(stderr).toContain('no run has a journal in ');
  });
});

const MINE = `name: mine
phases:
  - name: one
    steps:
      - file: { path: /etc/motd, source: motd }
        on: all
    gates:
      - reachable:
`;

describe('--report of a run', () => {
  const check = (folder: string, ...words: string[]) =>
    cli(
      ['check', '-i', join(folder, 'inventory.yaml'), '--state-dir', join(folder, 'state'), ...words],
      folder,
    );

  it.each(['html', 'html=', 'pdf=x', 'json=-', '=x'])('refuses %j before it connects', async (value) => {
    const { code, stderr } = await cli(['plan', '--report', value]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'It must be FORMAT=FILE with html, junit, markdown, json, github, gitlab, such as html=run.html.',
    );
  });

  it('writes the reports of a run that fails, too', async () => {
    const folder = folderWith({ 'inventory.yaml': DEAD_INVENTORY });
    const words = ['--report', 'json=run.json', '--report', 'junit=deep/run.xml'];
    const { code, stderr } = await check(folder, ...words);
    expect(code).toBe(4);
    expect(stderr).toContain('wrote run.json\nwrote deep/run.xml\n');
    const report = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
    expect(report).toMatchObject({ verdict: 'UNREACHABLE', exit: 4, version: expect.any(String) });
    expect(report.overview.nodes.map(({ name }: { name: string }) => name)).toEqual(['a-1', 'b-1']);
  });

  it.each([
    ['the inventory', 'inventory.yaml'],
    ['the inventory by another spelling', './deep/../inventory.yaml'],
    ['a link to the inventory', 'link.html'],
    ['the playbook', 'mine.yaml'],
    ['a file that the playbook sends', 'motd'],
  ])('refuses to write over %s', async (_what, file) => {
    const files = { 'inventory.yaml': DEAD_INVENTORY, motd: 'hello\n', 'mine.yaml': MINE };
    const folder = folderWith(files);
    symlinkSync('inventory.yaml', join(folder, 'link.html'));
    const words = ['--playbook', join(folder, 'mine.yaml'), '--report', `html=${file}`];
    const { code, stderr } = await check(folder, ...words);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'no report was written: there was no run\n' +
        `${file}  the run reads this file; choose another file for the report\n`,
    });
    for (const [name, text] of Object.entries(files)) {
      expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
    }
  });

  const OLD = reportJson(reportOf(GO_RUN));

  it.each<[string, Record<string, string>, string[]]>([
    ['its inventory is broken', { 'inventory.yaml': 'name: 1\n' }, []],
    ['it names a phase that is not there', {}, ['--phase', 'none']],
  ])('leaves no report of an earlier run when %s', async (_what, files, words) => {
    const folder = folderWith({ 'inventory.yaml': DEAD_INVENTORY, 'run.json': OLD, ...files });
    const { code, stderr } = await check(folder, '--report', 'json=run.json', ...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^no report was written: there was no run\n/);
    expect(existsSync(join(folder, 'run.json'))).toBe(false);
  });

  it('leaves no report of an earlier run when there is nothing to resume', async () => {
    const folder = folderWith({
      'inventory.yaml': DEAD_INVENTORY,
      motd: 'hello\n',
      'mine.yaml': MINE,
      'run.json': OLD,
    });
    const inventory = join(folder, 'inventory.yaml');
    const run = '20260102-120000-bbbbbb';
    const events = shardRun(1, ['a-1', 'b-1'], [phase('one'), phase('one', 'go'), end(0)], {
      inventory: { file: inventory, name: 'dead', digest: 'i' },
      playbook: { file: join(folder, 'mine.yaml'), name: 'mine', digest: 'p' },
    }).map((event) => ('shard' in event ? { ...event, shard: undefined } : event));
    mkdirSync(join(folder, 'state/runs', run), { recursive: true });
    writeFileSync(join(folder, 'state/runs', run, 'journal.jsonl'), textOf(events));
    const { code, stdout, stderr } = await cli(
      [
        ...['apply', '--yes', '--resume', '-i', inventory, '-p', join(folder, 'mine.yaml')],
        ...['--state-dir', join(folder, 'state'), '--report', 'json=run.json'],
      ],
      folder,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'no report was written: there was no run\n' });
    expect(stdout).toContain('nothing to resume');
    expect(existsSync(join(folder, 'run.json'))).toBe(false);
  });

  it('refuses a file that can’t be written before it connects', async () => {
    const folder = folderWith({ 'inventory.yaml': DEAD_INVENTORY, 'taken/x': '' });
    const { code, stderr } = await check(folder, '--report', 'html=taken', '--report', 'json=taken/x/y');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'taken  it is a folder; choose another file for the report\n' +
        'taken/x/y  cannot be written: EEXIST; choose another file for the report\n',
    });
  });
});
