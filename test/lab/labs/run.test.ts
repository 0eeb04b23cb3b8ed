import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BIN } from '../support/bridgehead.js';

const folder = mkdtempSync(join(tmpdir(), 'bridgehead-lab-run-'));
const inventory = join(folder, 'inventory.yaml');
writeFileSync(
  inventory,
  `name: lab-run
sites: { home: { subnet: 192.168.9.0/24 } }
nodes: { one: { site: home, lan: 192.168.9.2 } }
`,
);

const lab = (words: readonly string[], input?: Buffer) =>
  spawnSync(process.execPath, [BIN, 'lab', ...words], { input, maxBuffer: 1 << 26 });
const run = (at: readonly string[], command: readonly string[], input?: Buffer) =>
  lab(['run', '-i', inventory, ...at, '--', ...command], input);

beforeAll(() => {
  const { status, stderr } = lab(['up', '-i', inventory]);
  if (status !== 0) throw new Error(stderr.toString());
});
afterAll(() => {
  lab(['down', '-i', inventory]);
  rmSync(folder, { recursive: true });
});

describe.each([
  ['as the laptop', []],
  ['in a machine', ['--at', 'one']],
  ['in a router', ['--at', 'router:home']],
])('lab run, %s', (_where, at) => {
  it('passes bytes through as they are, in and out', () => {
    const bytes = randomBytes(1 << 20);
    const { status, stdout } = run(at, ['cat'], bytes);
    expect({ status, same: stdout.equals(bytes) }).toEqual({ status: 0, same: true });
  });

  it('passes on the exit code and what goes to standard error', () => {
    const { status, stdout, stderr } = run(at, ['sh', '-c', 'echo out; echo err >&2; exit 7']);
    expect([status, stdout.toString(), stderr.toString()]).toEqual([7, 'out\n', 'err\n']);
  });
});
