import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { bridgehead, exec, inventoryAt, type RunReport } from '../support/bridgehead.js';

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

jest.setTimeout(240_000);

beforeAll(async () => {
  writeInventory(51820);
  inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
}, 300_000);
afterAll(async () => {
  await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

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
