// One size in a process of its own: `one.ts SIZE COMMAND` prints its CPU seconds and its peak memory as JSON.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadInventory } from '../../src/inventory/index.js';
import { loadPlaybook } from '../../src/playbook/index.js';
import { run } from '../../src/runner/run.js';
import { cannedTransport } from './canned.js';
import { largeInventory } from './inventory.js';

const [size = '100', command = 'plan'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-growth-'));
const file = join(folder, 'inventory.yaml');
writeFileSync(file, largeInventory(Number(size)));
const before = process.cpuUsage();
const inventory = await loadInventory(file);
const playbook = await loadPlaybook(resolve('playbooks/mesh.yaml'));
let changes = 0;
let errors: readonly unknown[] = [];
const { exit } = await run({
  command: command as 'plan' | 'check',
  run: '20260101-000000-growth',
  inventory,
  playbook,
  phases: [],
  only: [],
  transport: cannedTransport,
  emit: (event) => {
    if (event.type === 'step-planned') changes += event.changes.length;
    if (event.type === 'run-ended') errors = event.errors;
  },
  signal: new AbortController().signal,
  concurrency: 16,
});
rmSync(folder, { recursive: true });
if (errors.length > 0 || (command === 'plan' && exit !== 0))
  throw new Error(JSON.stringify(errors.slice(0, 1)));
const { user, system } = process.cpuUsage(before);
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ exit, changes, seconds: (user + system) / 1e6, megabytes }));
