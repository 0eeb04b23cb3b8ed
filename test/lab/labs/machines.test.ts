import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import {
  bridgehead,
  changesOf,
  exec,
  inventoryAt,
  ofType,
  type RunReport,
  stops,
} from '../support/bridgehead.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-machines-'));
const file = join(folder, 'pair.yaml');
writeFileSync(
  file,
  `name: machines-suite
defaults: { ssh: { user: root } }
nodes:
  m1: { public: 198.51.100.81 }
  m2: { public: 198.51.100.82 }
  m3: { public: 198.51.100.83 }
networks:
  mesh: { range: 10.9.0.0/24, addresses: { m1: 10.9.0.1, m2: 10.9.0.2, m3: 10.9.0.3 } }
`,
);

let inventory: Inventory;
let lab: Lab;
const apply = (): Promise<RunReport> =>
  bridgehead(lab, 'apply', '-i', file, '--yes', '--json', '--phase', 'baseline');

beforeAll(async () => {
  inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
});
afterAll(async () => {
  await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

it('takes machines for themselves that are no copies and agree on the time', async () => {
  const report = await apply();
  expect({ code: report.code, stops: stops(report) }).toEqual({ code: 0, stops: [] });
});

it('reports a clock that is behind before anything is made', async () => {
  const wrong = 'IyEvYmluL3NoCmV4ZWMgL2Jpbi9kYXRlIC1kIC0yaG91cnMgIiRAIgo=';
  await exec(lab, 'm2', `echo ${wrong} | base64 -d >/usr/local/bin/date; chmod 755 /usr/local/bin/date`);
  const report = await apply();
  await exec(lab, 'm2', 'rm /usr/local/bin/date');
  expect({ code: report.code, changes: changesOf(report) }).toEqual({ code: 3, changes: 0 });
  expect(stops(report)).toEqual([expect.stringMatching(/^clock: m2: (2 h|1 h 59 min) behind$/)]);
});

it('notes copies of one machine, and stops nothing for them', async () => {
  const id = await exec(lab, 'm1', 'cat /etc/machine-id');
  await exec(lab, 'm3', `cp /etc/machine-id /etc/machine-id.own; echo ${id} >/etc/machine-id`);
  const report = await apply();
  await exec(lab, 'm3', 'mv /etc/machine-id.own /etc/machine-id');
  expect({ code: report.code, stops: stops(report) }).toEqual({ code: 0, stops: [] });
  const twins = ofType(report, 'gate-ended').filter(({ name }) => name === 'twins');
  expect(twins.map(({ go, summary }) => [go, summary])).toEqual([
    [true, '1 of 3 nodes not a copy of another'],
  ]);
});
