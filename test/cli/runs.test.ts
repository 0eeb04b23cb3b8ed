import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepts } from '../../src/document/index.js';
import { reportSchema } from '../../src/render/report/json/schema.js';
import type { RunEvent, StampedEvent } from '../../src/runner/events/events.js';
import { cli, folderWith } from './helpers.js';

const OLD = '20261120-101500-aaaaaa';
const NEW = '20261121-111600-bbbbbb';

const started = (nodes: readonly string[], digest = 'd1'): RunEvent => ({
  type: 'run-started',
  command: 'apply',
  inventory: { file: '/n/home.yaml', name: 'home', digest },
  playbook: { file: '/p/mesh.yaml', name: 'mesh', digest: 'p' },
  nodes,
  phases: [{ name: 'tunnel', steps: ['wireguard'], gates: ['ping'] }],
});
const planned = (node: string, summary: string): RunEvent => ({
  type: 'step-planned',
  phase: 'tunnel',
  step: 'tunnel.step-1',
  name: 'wireguard',
  node,
  changes: [{ summary, disruption: { level: 'none' } }],
});
const ping = (go: boolean, summary: string): RunEvent => ({
  type: 'gate-ended',
  phase: 'tunnel',
  gate: 'tunnel.gate-1',
  name: 'ping',
  go,
  summary,
  findings: [{ go, node: 'a', peer: 'b', expected: 'an answer', seen: go ? '1 ms' : 'none' }],
});
const ended = (exit: number, changes: number): RunEvent => ({
  type: 'run-ended',
  exit,
  changes,
  errors: [],
  ms: 1300,
});

const GO: RunEvent[] = [
  started(['a', 'b']),
  planned('a', 'write /etc/wireguard/wg0.conf'),
  planned('b', 'write /etc/wireguard/wg0.conf'),
  ping(true, '2 of 2 pairs answer'),
  { type: 'phase-ended', phase: 'tunnel', outcome: 'go', changes: 2 },
  ended(0, 2),
];
const STOP: RunEvent[] = [
  started(['a', 'b', 'c'], 'd2'),
  planned('c', 'write /etc/wireguard/wg0.conf'),
  ping(false, '5 of 6 pairs answer'),
  { type: 'phase-ended', phase: 'tunnel', outcome: 'stop', changes: 1 },
  ended(3, 1),
];

const UNDO: RunEvent[] = [
  {
    type: 'run-started',
    command: 'undo',
    inventory: { file: '/n/home.yaml', name: 'home', digest: 'd1' },
    nodes: ['a'],
    phases: [{ name: `undo of ${OLD}`, steps: ['tunnel'], gates: [] }],
  },
  {
    type: 'step-planned',
    phase: `undo of ${OLD}`,
    step: 'tunnel',
    name: 'tunnel',
    node: 'a',
    changes: [{ summary: 'undo tunnel: /etc/wireguard/wg0.conf', disruption: { level: 'none' } }],
  },
  { type: 'phase-started', phase: `undo of ${OLD}` },
  {
    type: 'change-done',
    phase: `undo of ${OLD}`,
    step: 'tunnel',
    node: 'a',
    summary: 'undo tunnel: /etc/wireguard/wg0.conf',
    ms: 200,
    items: ['file removed: /etc/wireguard/wg0.conf'],
  },
  { type: 'phase-ended', phase: `undo of ${OLD}`, outcome: 'done', changes: 1 },
  ended(0, 1),
];

/** A state folder with these runs' journals. */
function journalsOf(runs: Readonly<Record<string, readonly RunEvent[]>>): string {
  const folder = folderWith();
  for (const [run, events] of Object.entries(runs)) {
    const lines = events.map((event): StampedEvent => ({ ...event, run, at: '2026-11-21T10:15:00Z' }));
    mkdirSync(join(folder, 'runs', run), { recursive: true });
    writeFileSync(
      join(folder, 'runs', run, 'journal.jsonl'),
      `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
    );
  }
  return folder;
}

const BOTH = { [OLD]: GO, [NEW]: STOP };
const runs = (folder: string, ...words: string[]) => cli(['runs', ...words, '--state-dir', folder], folder);

describe('runs list', () => {
  it('lists the newest first: how each ended, and what it changed', async () => {
    const { code, stdout } = await runs(journalsOf(BOTH), 'list');
    expect(code).toBe(0);
    expect(stdout).toBe(
      'run                     time (UTC)        command  inventory  result                 changes  took\n' +
        `${NEW}  2026-11-21 11:16  apply    home       STOP at tunnel / ping  1        1.3 s\n` +
        `${OLD}  2026-11-20 10:15  apply    home       GO                     2        1.3 s\n`,
    );
  });

  it('lists what other commands did, with the words that they are typed with', async () => {
    const [first] = GO;
    const rotation = [{ ...first, command: 'rotate psk' } as RunEvent, ...GO.slice(1)];
    const { stdout } = await runs(journalsOf({ [OLD]: rotation, [NEW]: UNDO }), 'list');
    expect(stdout).toBe(
      'run                     time (UTC)        command     inventory  result  changes  took\n' +
        `${NEW}  2026-11-21 11:16  undo        home       DONE    1        1.3 s\n` +
        `${OLD}  2026-11-20 10:15  rotate psk  home       GO      2        1.3 s\n`,
    );
  });

  it('lists an apply that was declined as declined', async () => {
    const folder = journalsOf({ [NEW]: [...GO.slice(0, 3), ended(0, 0)] });
    expect((await runs(folder, 'list')).stdout).toMatch(/bbbbbb .* declined +0 +1\.3 s\n/);
    expect(JSON.parse((await runs(folder, 'list', '--json')).stdout).runs).toEqual([
      expect.objectContaining({ exit: 0, declined: true }),
    ]);
  });

  it('lists one that was killed, and one whose journal is damaged', async () => {
    const folder = journalsOf({ [OLD]: GO.slice(0, 3), [NEW]: GO });
    writeFileSync(join(folder, 'runs', NEW, 'journal.jsonl'), '{"type":\n');
    const { stdout } = await runs(folder, 'list');
    expect(stdout).toMatch(/bbbbbb .* its journal is damaged\n.*aaaaaa .* did not end\n/s);
    const { stdout: json } = await runs(folder, 'list', '--json');
    expect(JSON.parse(json)).toMatchObject({
      ok: true,
      runs: [
        { run: NEW, damaged: true },
        { run: OLD, nodes: ['a', 'b'] },
      ],
    });
  });

  it.each<[string, object]>([
    ['an event that it does not know', { type: 'tunnel-tested', node: 'a' }],
    ['an event without its fields', { type: 'run-ended' }],
    ['a field of another kind', { ...ended(0, 2), changes: 'two' }],
  ])('lists the other runs if one has %s', async (_what, event) => {
    const folder = journalsOf({ ...BOTH, [NEW]: [...GO.slice(0, 3), event as RunEvent] });
    const { code, stdout } = await runs(folder, 'list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/bbbbbb .* its journal is damaged\n.*aaaaaa .* GO /s);
    for (const words of [['show'], ['show', '--json'], ['diff', OLD]]) {
      const failed = await runs(folder, ...words);
      expect(failed.code).toBe(2);
      expect(failed.stdout + failed.stderr).toContain(`${NEW}/journal.jsonl`);
      expect(failed.stdout + failed.stderr).toMatch(/jsonl:4|"line":4/);
    }
  });

  it('lists the other runs if a journal cannot be read, and says why of that one', async () => {
    const folder = journalsOf({ [OLD]: GO });
    mkdirSync(join(folder, 'runs', NEW, 'journal.jsonl'), { recursive: true });
    expect((await runs(folder, 'list')).stdout).toMatch(/bbbbbb .* damaged\n.*aaaaaa .* GO /s);
    const { code, stderr } = await runs(folder, 'show');
    expect(code).toBe(2);
    expect(stderr).toContain(`${NEW}/journal.jsonl  cannot be read: EISDIR`);
  });

  it('says so if the journals cannot be read', async () => {
    const folder = folderWith({ runs: '' });
    const { code, stderr } = await runs(folder, 'list');
    expect(code).toBe(2);
    expect(stderr).toContain(`the journals in ${folder}/runs cannot be read: ENOTDIR`);
  });

  it('says so if there is none', async () => {
    expect((await runs(folderWith(), 'list')).stdout).toBe('no run has a journal here\n');
  });
});

describe('runs show', () => {
  it('shows the newest: its plan, why it stopped, how it ended', async () => {
    const { code, stdout } = await runs(journalsOf(BOTH), 'show');
    expect(code).toBe(0);
    expect(stdout).toContain(`${NEW}  2026-11-21 11:16 UTC\napply: home with mesh, 3 nodes\n`);
    expect(stdout).toContain('write /etc/wireguard/wg0.conf');
    expect(stdout).toContain('STOP tunnel / ping\n');
    expect(stdout).toContain('STOP at tunnel / ping  0 gates GO, 1 change made in 1.3 s');
  });

  it('shows an undo: what it was to undo, and that it did', async () => {
    const { stdout } = await runs(journalsOf({ [NEW]: UNDO }), 'show');
    expect(stdout).toContain(`undo: home, 1 node\n`);
    expect(stdout).toContain('~ undo tunnel: /etc/wireguard/wg0.conf');
    expect(stdout).toMatch(/\nDONE {2}1 change in 1\.3 s\n$/);
  });

  it('takes the end of an id, and prints the events with --json', async () => {
    const { stdout } = await runs(journalsOf(BOTH), 'show', 'aaaaaa', '--json');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual(GO.map(({ type }) => type));
  });

  it('shows of a run that was killed what it had done', async () => {
    const { stdout } = await runs(journalsOf({ [OLD]: GO.slice(0, 4) }), 'show');
    expect(stdout).toContain('2 of 2 pairs answer');
    expect(stdout).toMatch(/The run did not end: it was killed, or is still running\.\n$/);
  });

  it('names the line of a damaged journal', async () => {
    const folder = journalsOf(BOTH);
    writeFileSync(
      join(folder, 'runs', NEW, 'journal.jsonl'),
      `${JSON.stringify({ ...GO[0], run: NEW, at: '' })}\n{"type\n`,
    );
    const { code, stderr } = await runs(folder, 'show');
    expect(code).toBe(2);
    expect(stderr).toContain(`${NEW}/journal.jsonl:2  not an event of a run`);
  });

  it('refuses a run that is not there, and one that could be two', async () => {
    const folder = journalsOf(BOTH);
    const unknown = await runs(folder, 'show', '20261121-111600-bbbbbc');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain(`did you mean "${NEW}"?`);
    expect((await runs(folder, 'show', '202611')).stderr).toContain(`name one of ${OLD}, ${NEW}`);
    expect((await runs(folderWith(), 'show')).stderr).toContain('no run has a journal in');
  });
});

describe('runs diff', () => {
  it('shows what was given, nodes, gates and changes', async () => {
    const { code, stdout } = await runs(journalsOf(BOTH), 'diff', 'aaaaaa');
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(3).join('\n')).toBe(
      '\nthe inventory changed in between\n\n' +
        'ended\n  - GO\n  + STOP at tunnel / ping\n\n' +
        'nodes\n  + c\n\n' +
        'gates\n  tunnel / ping\n    -  GO    2 of 2 pairs answer\n    +  STOP  5 of 6 pairs answer\n\n' +
        'changes\n  - tunnel: write /etc/wireguard/wg0.conf (on a, b)\n  + tunnel: write /etc/wireguard/wg0.conf (on c)\n',
    );
  });

  it('compares a run with its undo', async () => {
    const { code, stdout } = await runs(journalsOf({ [OLD]: GO, [NEW]: UNDO }), 'diff', OLD);
    expect(code).toBe(0);
    expect(stdout).toContain('\nthe playbook changed in between\n\nended\n  - GO\n  + DONE\n');
    expect(stdout).toContain(`+ undo of ${OLD}: undo tunnel: /etc/wireguard/wg0.conf (on a)`);
  });

  it('finds no difference between two runs that are the same', async () => {
    const { stdout } = await runs(journalsOf({ [OLD]: GO, [NEW]: GO }), 'diff', OLD, NEW);
    expect(stdout).toContain('no difference: the same inventory, playbook, nodes, changes, gates and end\n');
  });

  it('shows how each ended, and why, if nothing else differs', async () => {
    const error = { code: 'E_CONNECTION_LOST', message: 'the connection was lost', node: 'b' } as const;
    const lost: RunEvent[] = [...GO.slice(0, -1), { ...ended(4, 2), errors: [error] } as RunEvent];
    const folder = journalsOf({ [OLD]: GO, [NEW]: lost });
    const { stdout } = await runs(folder, 'diff', OLD, NEW);
    expect(stdout.split('\n').slice(3).join('\n')).toBe(
      '\nended\n  - GO\n  + UNREACHABLE\n\n' + 'errors\n  + b: E_CONNECTION_LOST  the connection was lost\n',
    );
    expect(JSON.parse((await runs(folder, 'diff', OLD, NEW, '--json')).stdout)).toMatchObject({
      ended: { before: 'GO', after: 'UNREACHABLE' },
      errors: { onlyBefore: [], onlyAfter: [error] },
    });
  });

  it('tells a run that was killed from one that ended', async () => {
    const { stdout } = await runs(journalsOf({ [OLD]: GO, [NEW]: GO.slice(0, -1) }), 'diff', OLD, NEW);
    expect(stdout).toMatch(/\nended\n {2}- GO\n {2}\+ did not end\n$/);
  });

  it('refuses to compare a run with itself', async () => {
    const { code, stderr } = await runs(journalsOf(BOTH), 'diff', NEW);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be compared with itself'),
    });
  });
});

describe('runs prune', () => {
  it('deletes all but the newest', async () => {
    const folder = journalsOf({ ...BOTH, '20261122-000000-cccccc': GO });
    const { stdout } = await runs(folder, 'prune', '--keep', '1', '--yes');
    expect(stdout).toBe('2 journals deleted; 1 run left\n');
    expect((await runs(folder, 'list')).stdout).toContain('cccccc');
  });

  it('counts plans and checks apart, and leaves the last that brought about an inventory', async () => {
    const check = GO.map((event) =>
      event.type === 'run-started' ? { ...event, command: 'check' as const } : event,
    );
    const folder = journalsOf({
      ...BOTH,
      '20261119-000000-dddddd': GO,
      '20261122-000000-cccccc': check,
      '20261123-000000-eeeeee': check,
    });
    const { stdout } = await runs(folder, 'prune', '--keep', '1', '--yes');
    expect(stdout).toBe(
      `2 journals deleted; 3 runs left\n${OLD} stays: \`rehearse --against last\` needs it\n`,
    );
    const left = (await runs(folder, 'list')).stdout;
    for (const id of ['aaaaaa', 'bbbbbb', 'eeeeee']) expect(left).toContain(id);
  });

  it('asks first, and deletes nothing if there is no terminal to ask on', async () => {
    const folder = journalsOf({ ...BOTH, '20261122-000000-cccccc': GO });
    const { code, stderr } = await runs(folder, 'prune', '--keep', '1');
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('add --yes to delete without asking'),
    });
    expect((await runs(folder, 'list')).stdout).toContain('aaaaaa');
    expect((await runs(folder, 'prune', '--keep', '0', '--yes')).code).toBe(2);
  });
});

it('writes every report of an undo', async () => {
  const folder = journalsOf({ [NEW]: UNDO });
  const report = async (format: string) =>
    (await cli(['report', `--${format}`, '-', '--state-dir', folder], folder)).stdout;
  const item = 'file removed: /etc/wireguard/wg0.conf';
  const json = JSON.parse(await report('json'));
  expect(accepts(json, reportSchema())).toBe(true);
  expect(json).toMatchObject({ command: 'undo', verdict: 'DONE', summary: '1 change in 1.3 s', reasons: [] });
  expect(json.phases[0]).toMatchObject({
    outcome: 'done',
    steps: [{ state: 'changed', changes: [{ made: true, items: [item] }] }],
  });
  expect(json).not.toHaveProperty('playbook');
  expect(await report('html')).toContain(`<ul><li>${item}</li></ul>`);
  expect(await report('markdown')).toContain(`\n  - \`${item}\``);
  const junit = await report('junit');
  expect(junit).toContain('<testsuites name="bridgehead undo: home" tests="3" failures="0" errors="0"');
  expect(junit).toContain('<testcase name="the run succeeds"');
});
