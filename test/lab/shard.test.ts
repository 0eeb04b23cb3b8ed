import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { parseDocument } from 'yaml';
import { type Lab, labDown, labUp } from '../../src/lab/index.js';
import { bridgehead, changesOf, exec, inventoryAt, ofType, stops, type Told } from './support/bridgehead.js';

const NODES = ['ctb-edge-1', 'ms-1', 'wk-1', 'wk-2'];
const PAIRS = NODES.flatMap((node) => NODES.filter((peer) => peer !== node).map((peer) => `${node} ${peer}`));
const SHARDS = [1, 2] as const;
const quiet = { log: () => undefined };

let folder: string;
let file: string;
let lab: Lab;

/** Two controllers at once, each with a state of its own. */
const sideBySide = (command: string, ...args: string[]): Promise<Told[]> =>
  Promise.all(
    SHARDS.map((shard) =>
      bridgehead(
        lab,
        command,
        '-i',
        file,
        '--json',
        '--state-dir',
        join(folder, `state-${shard}`),
        '--shard',
        `${shard}/${SHARDS.length}`,
        ...args,
      ),
    ),
  );

/** What the reports of the shards say together. */
async function merged(shards: readonly Told[]): Promise<Told> {
  const files = shards.map(({ stdout }, index) => {
    const path = join(folder, `shard-${index + 1}.jsonl`);
    writeFileSync(path, stdout);
    return path;
  });
  return bridgehead(lab, 'report', 'merge', '--json', ...files);
}

const pairsOf = (told: Told, gate: string): string[] =>
  ofType(told, 'gate-ended')
    .filter(({ name }) => name === gate)
    .flatMap(({ findings }) => findings.map(({ node, peer }) => `${node} ${peer}`))
    .sort();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-shards-'));
  file = join(folder, 'shards.yaml');
  const document = parseDocument(readFileSync('inventory/home-mesh.yaml', 'utf8'));
  document.set('name', 'home-shards');
  writeFileSync(file, document.toString());
  const inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
}, 300_000);
afterAll(async () => {
  await labDown(await inventoryAt(file), quiet);
  rmSync(folder, { recursive: true });
}, 60_000);

jest.setTimeout(300_000);

describe('two controllers side by side', () => {
  it('take fresh machines to a mesh that is proven whole, each ordered pair by one of them', async () => {
    const shards = await sideBySide('apply', '--yes');
    expect(shards.flatMap(stops)).toEqual([]);
    expect(shards.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      SHARDS.map(() => ({ code: 0, stderr: '' })),
    );
    const whole = await merged(shards);
    expect(whole.code).toBe(0);
    expect([...(ofType(whole, 'run-started')[0]?.nodes ?? [])].sort()).toEqual(NODES);
    expect(changesOf(whole)).toBe(shards.map(changesOf).reduce((sum, changes) => sum + changes, 0));
    for (const gate of ['ping', 'handshake', 'transfer', 'path-mtu']) {
      expect([gate, pairsOf(whole, gate)]).toEqual([gate, [...PAIRS].sort()]);
    }
    for (const told of shards) {
      const own = ofType(told, 'run-started').flatMap(({ nodes }) => nodes);
      expect([...new Set(ofType(told, 'change-done').map(({ node }) => node))].sort()).toEqual(
        [...own].sort(),
      );
    }
  });

  it('change nothing the second time', async () => {
    const shards = await sideBySide('apply', '--yes');
    const whole = await merged(shards);
    expect({ code: whole.code, changes: changesOf(whole) }).toEqual({ code: 0, changes: 0 });
    expect(shards.flatMap((told) => ofType(told, 'shard-waiting'))).toEqual([]);
  });

  it('prove a repair that only one of them had to make, and a fault that only one of them can see', async () => {
    await exec(lab, 'wk-2', 'systemctl stop wg-quick@wg0; rm /etc/wireguard/wg0.key');
    const checked = await sideBySide('check', '--gate-timeout', '3');
    const faulty = await merged(checked);
    expect(faulty.code).toBe(3);
    const shards = await sideBySide('apply', '--yes');
    expect(shards.flatMap(stops)).toEqual([]);
    expect((await merged(shards)).code).toBe(0);
    expect(pairsOf(await merged(shards), 'ping')).toEqual([...PAIRS].sort());
  });
});
