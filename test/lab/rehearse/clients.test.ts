import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labFor } from '../../../src/app/rehearse/change/change.js';
import { findFormer } from '../../../src/app/rehearse/change/former.js';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { inventoryAt } from '../support/bridgehead.js';
import { rehearseQuietly } from '../support/rehearse.js';
import { wentOn } from './went-on.js';

const OLD = readFileSync('inventory/phone-home.yaml', 'utf8').replace(/^name: .*$/m, 'name: rehearsed-hub');
const quiet = { log: () => undefined };

let folder: string;
let next: Inventory;
let lab: Lab;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-hub-'));
  writeFileSync(join(folder, 'old.yaml'), OLD);
  writeFileSync(join(folder, 'new.yaml'), OLD.replace('port: 51820', 'port: 51830'));
  next = await inventoryAt(join(folder, 'new.yaml'));
  await labDown(next, quiet);
});
afterAll(async () => {
  await labDown(next, quiet);
  rmSync(folder, { recursive: true });
});

it("a hub's new port cuts its clients until they get their new configuration", async () => {
  const former = await findFormer({
    against: join(folder, 'old.yaml'),
    next,
    playbook: undefined,
    stateDir: folder,
  });
  const { inventory, needs } = labFor(former, next);
  lab = await labUp(inventory, { ...quiet, needs });
  const outcome = await rehearseQuietly({ lab, former, inventory: next }, folder);
  expect(outcome.code).toBe(0);
  const [members, ...others] = outcome.change?.outages ?? [];
  expect(members).toMatchObject({ way: 'network', from: 'vps', to: 'node-a' });
  expect(['uncut', 'survived']).toContain(members?.fate);
  expect(others.map((one) => [one.way, one.from, one.to, wentOn(one) ? 'uncut' : one.fate])).toEqual([
    ['client', 'phone', 'vps', 'lost'],
    ['client', 'phone', 'node-a', 'lost'],
    ...['vps', 'node-a', 'lan-1', 'lan-2'].map((node) => ['ssh', 'laptop', node, 'uncut']),
  ]);
  expect(outcome.visits).not.toHaveLength(0);
  expect(outcome.visits.map(({ go }) => go)).not.toContain(false);
});
