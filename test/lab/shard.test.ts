import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { parse, parseDocument } from 'yaml';
import { type Lab, labDown, labUp } from '../../src/lab/index.js';
import type { StampedEvent } from '../../src/runner/events/events.js';
import {
  BIN,
  bridgehead,
  changesOf,
  exec,
  inventoryAt,
  ofType,
  type RunReport,
  stops,
} from './support/bridgehead.js';

const NODES = ['ctb-edge-1', 'ms-1', 'wk-1', 'wk-2'];
const PAIRS = NODES.flatMap((node) => NODES.filter((peer) => peer !== node).map((peer) => `${node} ${peer}`));
const SHARDS = [1, 2] as const;
const quiet = { log: () => undefined };

let folder: string;
let file: string;
let lab: Lab;

/** Two controllers at once, each with a state of its own. */
const sideBySide = (command: string, ...args: string[]): Promise<RunReport[]> =>
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
async function merged(shards: readonly RunReport[]): Promise<RunReport> {
  const files = shards.map(({ stdout }, index) => {
    const path = join(folder, `shard-${index + 1}.jsonl`);
    writeFileSync(path, stdout);
    return path;
  });
  return bridgehead(lab, 'report', 'merge', '--json', ...files);
}

const pairsOf = (events: readonly StampedEvent[], gate: string): string[] =>
  events
    .flatMap((event) => (event.type === 'gate-ended' && event.name === gate ? event.findings : []))
    .map(({ node, peer }) => `${node} ${peer}`)
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

interface WorkflowStep {
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The steps of a job that docs/ci.md shows, but for what sets a runner up. */
function stepsOf(job: string): WorkflowStep[] {
  const [, yaml = ''] = /```yaml\n(.*?)\n```\n/s.exec(readFileSync('docs/ci.md', 'utf8')) ?? [];
  const steps = parse(yaml).jobs[job].steps as readonly WorkflowStep[];
  return steps.filter(({ run }) => run !== undefined && !run.startsWith('npm '));
}

/** One runner, as far as this lab goes: a checkout with the inventory, and the laptop's network and home. */
class Runner {
  constructor(
    readonly folder: string,
    private readonly values: Readonly<Record<string, string>>,
  ) {
    mkdirSync(join(folder, 'inventory'), { recursive: true });
    mkdirSync(join(folder, 'bin'));
    copyFileSync(file, join(folder, 'inventory/staging.yaml'));
    symlinkSync(BIN, join(folder, 'bin/bridgehead'));
  }

  /** As GitHub does: expressions are put in, then bash runs it. */
  async step({ run = '', env = {} }: WorkflowStep) {
    const script = join(this.folder, 'step.sh');
    writeFileSync(script, `cd ${this.folder}\n${this.fill(run)}`);
    return lab.run(['bash', '--noprofile', '--norc', '-eo', 'pipefail', script], {
      env: {
        PATH: `${join(this.folder, 'bin')}:${process.env['PATH']}`,
        INVENTORY: 'inventory/staging.yaml',
        GITHUB_STEP_SUMMARY: join(this.folder, 'step-summary.md'),
        BRIDGEHEAD_SUDO_PASSWORD_FILE: lab.sudoPasswordFile,
        ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, this.fill(value)])),
      },
    });
  }

  private fill(text: string): string {
    return text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, name: string) => {
      const value = this.values[name];
      if (value === undefined) throw new Error(`the workflow asks for ${name}`);
      return value;
    });
  }
}

describe('the workflow of docs/ci.md', () => {
  it('turns fresh machines into a completely proven mesh, with three runners in parallel', async () => {
    const secret = (name: string) => readFileSync(join(lab.home, '.ssh', name), 'utf8').trimEnd();
    const values = {
      'secrets.BRIDGEHEAD_SSH_KEY': secret('id_ed25519'),
      'vars.BRIDGEHEAD_KNOWN_HOSTS': secret('known_hosts'),
      'strategy.job-total': '3',
    };
    for (const name of ['id_ed25519', 'known_hosts']) rmSync(join(lab.home, '.ssh', name));
    const runners = ['1', '2', '3'].map(
      (shard) => new Runner(join(folder, `runner-${shard}`), { ...values, 'matrix.shard': shard }),
    );
    const [prepare = {}, apply = {}, ...more] = stepsOf('apply');
    expect([apply.run, more]).toEqual([expect.stringContaining('bridgehead apply'), []]);
    for (const runner of runners) expect(await runner.step(prepare)).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['id_ed25519', 'known_hosts'])
      expect(statSync(join(lab.home, '.ssh', name)).mode & 0o777).toBe(0o600);
    const applied = await Promise.all(runners.map((runner) => runner.step(apply)));
    expect(applied).toEqual(runners.map(() => ({ code: 0, stdout: '', stderr: '' })));

    const last = new Runner(join(folder, 'report'), {});
    for (const [index, runner] of runners.entries()) {
      const name = `shard-${index + 1}.jsonl`;
      copyFileSync(join(runner.folder, name), join(last.folder, name));
    }
    const steps: unknown[] = [];
    for (const step of stepsOf('report')) steps.push(await last.step(step));
    expect(steps).toEqual([
      { code: 0, stdout: expect.stringMatching(/verify +transfer +GO +12 of 12 pairs GO/), stderr: '' },
      { code: 0, stdout: '', stderr: 'wrote network.html\nwrote network.xml\n' },
    ]);
    const summary = readFileSync(join(last.folder, 'step-summary.md'), 'utf8');
    expect(summary).toMatch(
      /^## ✅ GO\n\nbridgehead apply of `home-shards`: 6 phases, 16 gates GO, \d+ changes in /,
    );
    expect(readFileSync(join(last.folder, 'network.html'), 'utf8')).toContain('12 of 12 pairs GO');
    expect(readFileSync(join(last.folder, 'network.xml'), 'utf8')).toMatch(
      /<testsuites [^>]* failures="0" errors="0"/,
    );
    const whole = readFileSync(join(last.folder, 'network.jsonl'), 'utf8').trimEnd().split('\n');
    const events = whole.map((line) => JSON.parse(line) as StampedEvent);
    for (const gate of ['ping', 'handshake', 'transfer', 'path-mtu']) {
      expect([gate, pairsOf(events, gate)]).toEqual([gate, [...PAIRS].sort()]);
    }
    for (const runner of runners) {
      const shard = readFileSync(join(runner.folder, `shard-${runners.indexOf(runner) + 1}.jsonl`), 'utf8');
      const own = shard
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as StampedEvent);
      const nodes = own.flatMap((event) => (event.type === 'run-started' ? event.nodes : []));
      const changed = own.flatMap((event) => (event.type === 'change-done' ? [event.node] : []));
      expect([...new Set(changed)].sort()).toEqual([...nodes].sort());
    }
  });
});

describe('two controllers side by side', () => {
  it('change nothing the second time', async () => {
    const shards = await sideBySide('apply', '--yes');
    const whole = await merged(shards);
    expect({ code: whole.code, changes: changesOf(whole) }).toEqual({ code: 0, changes: 0 });
    expect(shards.flatMap((runReport) => ofType(runReport, 'shard-waiting'))).toEqual([]);
  });

  it('report a fault and its repair: one makes a new key, the other waits for it', async () => {
    await exec(lab, 'wk-2', 'rm /etc/wireguard/wg0.key');
    const checked = await sideBySide('check', '--gate-timeout', '3');
    const faulty = await merged(checked);
    expect(faulty.code).toBe(3);
    const shards = await sideBySide('apply', '--yes');
    expect(shards.flatMap(stops)).toEqual([]);
    expect((await merged(shards)).code).toBe(0);
    expect(pairsOf((await merged(shards)).events, 'ping')).toEqual([...PAIRS].sort());
  });
});
