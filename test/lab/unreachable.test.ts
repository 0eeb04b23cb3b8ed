import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../src/lab/index.js';
import type { Inventory } from '../../src/model/inventory.js';
import {
  bridgehead,
  changesOf,
  exec,
  inventoryAt,
  ofType,
  type RunReport,
  stops,
} from './support/bridgehead.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-unreachable-'));
const file = join(folder, 'three.yaml');
writeFileSync(
  file,
  `name: unreachable-suite
defaults: { ssh: { user: root } }
nodes:
  s1: { public: 198.51.100.71 }
  s2: { public: 198.51.100.72 }
  s3: { public: 198.51.100.73 }
networks:
  mesh:
    range: 10.9.0.0/24
    presharedKeys: true
    addresses: { s1: 10.9.0.1, s2: 10.9.0.2, s3: 10.9.0.3 }
`,
);

let inventory: Inventory;
let lab: Lab;
const run = (command: string, ...args: string[]): Promise<RunReport> =>
  bridgehead(lab, command, '-i', file, '--json', ...(command === 'apply' ? ['--yes'] : []), ...args);
const plug = (state: 'up' | 'down') =>
  exec(
    lab,
    's3',
    state === 'down'
      ? 'ip link set host0 down'
      : 'ip link set host0 up; sleep 1; networkctl reconfigure host0; n=0; until ip route | grep -q ^default || [ $n -ge 150 ]; do sleep 0.2; n=$((n + 1)); done',
  );
const outcomes = (report: RunReport): string[] => [
  ...new Set(ofType(report, 'phase-ended').map(({ outcome }) => outcome)),
];
const leftOut = (report: RunReport): string[] => ofType(report, 'node-left-out').map(({ node }) => node);

beforeAll(async () => {
  inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
});
afterAll(async () => {
  await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

it('makes a network of the nodes that answer, and takes the last one in when it is back', async () => {
  await plug('down');
  const report = await run('apply', '--skip-unreachable');
  expect({ code: report.code, stops: stops(report), left: leftOut(report) }).toEqual({
    code: 4,
    stops: [],
    left: ['s3'],
  });
  expect(outcomes(report)).toEqual(['partial']);
  expect(await exec(lab, 's1', 'ping -c1 -W2 10.9.0.2 >/dev/null && wg show wg0 peers | wc -l')).toBe('1');
  await plug('up');
  const whole = await run('apply');
  expect({ code: whole.code, stops: stops(whole) }).toEqual({ code: 0, stops: [] });
});

it('continues without a node that is only read, and keeps its keys on the others', async () => {
  await plug('down');
  const peers = await exec(lab, 's1', 'wg show wg0 peers | sort');
  for (const [command, only] of [
    ['check', 's1'],
    ['apply', 's1,s2'],
  ] as const) {
    const report = await run(command, '--only', only);
    expect({ code: report.code, stops: stops(report), left: leftOut(report) }).toEqual({
      code: 0,
      stops: [],
      left: ['s3'],
    });
    expect(changesOf(report)).toBe(0);
  }
  expect(await exec(lab, 's1', 'wg show wg0 peers | sort')).toBe(peers);
  expect((await run('apply')).code).toBe(4);
  await plug('up');
});
