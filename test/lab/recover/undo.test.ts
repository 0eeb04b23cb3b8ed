import { appendFileSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import {
  bridgehead,
  changesOf,
  everythingWritten,
  exec,
  inventoryAt,
  ofType,
  type RunReport,
} from '../support/bridgehead.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-undo-'));
const file = join(folder, 'two.yaml');
const writeInventory = (port: number) =>
  writeFileSync(
    file,
    `name: undo-suite
nodes:
  u1: { public: 198.51.100.81, ssh: { user: root } }
  u2: { public: 198.51.100.82, ssh: { user: root } }
networks:
  mesh: { range: 10.81.0.0/24, port: ${port}, addresses: { u1: 10.81.0.1, u2: 10.81.0.2 } }
`,
  );

let inventory: Inventory;
let lab: Lab;
const run = (command: string, ...args: string[]): Promise<RunReport> =>
  bridgehead(lab, command, '-i', file, '--json', '--yes', ...args);
const port = (node: string) => exec(lab, node, 'wg show wg0 listen-port');
/** Ids of the runs that a node can still undo, oldest first. */
async function standing(node: string): Promise<string[]> {
  const report = JSON.parse((await run('undo', '--list')).stdout) as {
    nodes: { node: string; runs: { run: string; undone: boolean }[] }[];
  };
  const runs = report.nodes.find((one) => one.node === node)?.runs ?? [];
  return runs.filter(({ undone }) => !undone).map((one) => one.run);
}

beforeAll(async () => {
  writeInventory(51820);
  inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
});
afterAll(async () => {
  await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

it('undoes all runs after one, and then all of one node', async () => {
  for (const wanted of [51820, 51830, 51840]) {
    writeInventory(wanted);
    expect((await run('apply')).code).toBe(0);
  }
  const [first = '', second, third] = await standing('u1');
  const back = await run('undo', '--to', first);
  expect(back.code).toBe(0);
  const lines = back.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { run: string; ok: boolean });
  expect(lines.map((line) => [line.run, line.ok])).toEqual([
    [third, true],
    [second, true],
  ]);
  expect(await Promise.all(['u1', 'u2'].map(port))).toEqual(['51820', '51820']);
  expect((await run('undo', '--to', first)).code).toBe(2);

  expect((await run('undo', '--all', '--only', 'u1')).code).toBe(0);
  expect(await exec(lab, 'u1', 'ls -A /etc/wireguard; ip -br link show type wireguard')).toBe('');
  expect(await port('u2')).toBe('51820');
  expect(await standing('u2')).toContain(first);
});

it('resumes from what was undone, which is in the journals', async () => {
  expect((await run('apply')).code).toBe(0);
  expect((await run('apply', '--resume')).stderr).toContain('nothing to resume');
  expect((await run('undo')).code).toBe(0);
  const resumed = await run('apply', '--resume');
  expect(resumed.stderr).toMatch(/^run \S+ was undone: resuming from \w+\n/);
  expect(resumed.code).toBe(0);
  expect(changesOf(resumed)).toBeGreaterThan(0);
  const listed = await bridgehead(lab, 'runs', 'list', '--json');
  const { runs } = JSON.parse(listed.stdout) as {
    runs: { run: string; command: string; exit: number; changes: number }[];
  };
  expect(runs.slice(0, 3).map(({ command, exit }) => [command, exit])).toEqual([
    ['apply', 0],
    ['undo', 0],
    ['apply', 0],
  ]);
  expect(runs[1]?.changes).toBeGreaterThan(0);
  const shown = await bridgehead(lab, 'runs', 'show', runs[1]?.run ?? '');
  expect(shown.stdout).toMatch(/undo tunnel: [\s\S]*interface wg0/);
});

it('makes a second run wait for the first, and then read what that has left', async () => {
  const playbook = join(folder, 'slow.yaml');
  writeFileSync(
    playbook,
    `name: slow
phases:
  - name: slow
    steps:
      - script: { name: take your time, check: test -e /run/slow, run: 'n=0; until [ -e /run/go ] || [ $n -ge 300 ]; do sleep 1; n=$((n + 1)); done; echo done >>/run/slow' }
`,
  );
  const slow = (...args: string[]) => run('apply', '-p', playbook, ...args);
  const first = slow();
  await Promise.all(
    ['u1', 'u2'].map((node) =>
      exec(
        lab,
        node,
        'for i in $(seq 100); do [ ! -e /var/lib/bridgehead/lock ] || exit 0; sleep 0.1; done; exit 1',
      ),
    ),
  );
  const refused = await slow();
  // Another that waits, whose inventory somebody writes into meanwhile.
  const other = join(folder, 'other.yaml');
  copyFileSync(file, other);
  const outdated = bridgehead(
    lab,
    ...['apply', '-i', other, '-p', playbook, '--json', '--yes', '--wait-for-lock', '120'],
  );
  const second = slow('--wait-for-lock', '120');
  const waiting = () => everythingWritten(lab).split('"lock-waiting"').length - 1;
  for (let tries = 0; waiting() < 2 && tries < 1200; tries += 1) await sleep(100);
  appendFileSync(other, '# changed\n');
  await Promise.all(['u1', 'u2'].map((node) => exec(lab, node, 'touch /run/go')));
  const [made, waited, stale] = await Promise.all([first, second, outdated]);
  expect([made.code, waited.code, stale.code, refused.code]).toEqual([0, 0, 2, 6]);
  expect(ofType(stale, 'run-ended')[0]?.errors[0]?.message).toBe(
    `${other} was changed after this run had read it`,
  );
  const [holder] = ofType(made, 'run-started');
  expect(ofType(waited, 'lock-waiting')).toMatchObject([
    { nodes: ['u1', 'u2'], holder: expect.stringContaining(holder?.run ?? ''), seconds: 120 },
  ]);
  expect(ofType(waited, 'lock-waited')).toMatchObject([{ nodes: ['u1', 'u2'] }]);
  expect([made, waited].map(changesOf)).toEqual([2, 0]);
  expect(await exec(lab, 'u1', 'cat /run/slow')).toBe('done');
  expect(await exec(lab, 'u1', 'ls /var/lib/bridgehead')).not.toMatch(/^lock$/m);
});
