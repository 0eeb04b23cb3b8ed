import { createHmac } from 'node:crypto';
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
import { join, resolve } from 'node:path';
import { parse, parseDocument } from 'yaml';
import { type Lab, labDown, labUp } from '../../src/lab/index.js';
import type { StampedEvent } from '../../src/runner/events/events.js';
import { blocksIn } from '../docs/blocks.js';
import { Runner as ActionRunner } from '../support/action/action.js';
import type { Received } from '../support/service/service.js';
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
import { LINES, LOG, setUpNight } from './support/night-machine.js';

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
});
afterAll(async () => {
  await labDown(await inventoryAt(file), quiet);
  rmSync(folder, { recursive: true });
});

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

const PORT = 8199;

/** What the laptop's own webhook and GitHub were asked, in the order in which it came. */
const received = (): Received[] =>
  readFileSync(join(folder, 'received'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Received);

/** The blocks of a recipe in a language, such as its units. */
const blockOf = (page: string, language: string, index = 0): string =>
  blocksIn(`docs/recipes/${page}.md`)
    .filter((block) => block.language === language)
    [index]?.lines.join('\n') ?? '';

describe('the recipes, on the machines of the mesh', () => {
  let service: Promise<unknown>;
  let home: string;
  let keys: Record<string, string>;

  beforeAll(async () => {
    home = join(folder, 'action');
    mkdirSync(join(home, 'checkout/inventory'), { recursive: true });
    copyFileSync(file, join(home, 'checkout/inventory/staging.yaml'));
    const secret = (name: string) => readFileSync(join(lab.home, '.ssh', name), 'utf8').trimEnd();
    keys = {
      'secrets.BRIDGEHEAD_SSH_KEY': secret('id_ed25519'),
      'secrets.BRIDGEHEAD_SUDO_PASSWORD': readFileSync(lab.sudoPasswordFile, 'utf8').trimEnd(),
      'vars.BRIDGEHEAD_KNOWN_HOSTS': secret('known_hosts'),
    };
    writeFileSync(join(folder, 'received'), '');
    const settings = { log: join(folder, 'received') };
    const main = [resolve('test/support/service/service-main.ts'), `${PORT}`, JSON.stringify(settings)];
    service = lab.run([process.execPath, '--import', resolve('scripts/typescript.js'), ...main]);
    const reached = await lab.run(
      ['curl', '-s', '--retry', '20', '--retry-delay', '1', '--retry-connrefused', '-X', 'POST'].concat(
        `http://127.0.0.1:${PORT}/hook`,
      ),
    );
    expect(reached.code).toBe(0);
  });
  afterAll(async () => {
    await lab.run(['curl', '-s', '-X', 'POST', `http://127.0.0.1:${PORT}/stop`]);
    await service;
  });

  /** What a step of the page's workflow gives the action. */
  function inputsOf(job: string): Record<string, string> {
    const { steps } = parse(blockOf('github', 'yaml')).jobs[job];
    const step = steps.find(({ uses = '' }: { uses?: string }) => uses.includes('/bridgehead@'));
    const inputs = Object.entries(step.with as Record<string, string>).map(([name, value]) => [
      name,
      value.replace(/^\$\{\{ (.*) \}\}$/, (_, secret: string) => keys[secret] ?? `no ${secret}`),
    ]);
    return Object.fromEntries(inputs);
  }

  const runner = () => {
    const action = new ActionRunner(home, {
      workspace: join(home, 'checkout'),
      env: { GITHUB_API_URL: `http://127.0.0.1:${PORT}`, PATH: String(process.env['PATH']) },
      run: (argv, env) => lab.run(argv, { env }),
    });
    action.event({ pull_request: { number: 7 } });
    return action;
  };
  const drift = () => exec(lab, 'wk-1', 'sed -i "s/^MTU.*/MTU = 1400/" /etc/wireguard/wg0.conf');

  it('the action plans with a comment that the next plan replaces, and annotates the inventory', async () => {
    await drift();
    const first = await runner().action(inputsOf('plan'));
    expect(first).toMatchObject({ code: 0, outputs: { verdict: 'PLAN', changed: 'true' } });
    const line = readFileSync(file, 'utf8').split('\n').indexOf('  wk-1:') + 1;
    expect(first.log).toContain(
      `\n::notice file=inventory/staging.yaml,line=${line},col=3,title=wk-1%3A 1 change planned::`,
    );
    expect(first.summary).toContain('-MTU = 1400\n');
    expect((await runner().action(inputsOf('plan'))).code).toBe(0);
    const writes = received().filter(({ method, path }) => method !== 'GET' && path.startsWith('/repos/'));
    expect(writes.map(({ method, status }) => `${method} ${status}`)).toEqual(['POST 201', 'PATCH 200']);
    expect(JSON.parse(writes[1]?.body ?? '').body).toContain('-MTU = 1400\n');
  });

  it('the drift job ends in 10, and an apply brings back GO', async () => {
    expect(await runner().action(inputsOf('drift'))).toMatchObject({
      code: 10,
      outputs: { changed: 'true' },
    });
    const applied = await runner().action(inputsOf('apply'));
    expect(applied).toMatchObject({ code: 0, outputs: { verdict: 'GO', changed: 'true' } });
    expect(await runner().action({ ...inputsOf('drift'), command: 'check' })).toMatchObject({ code: 0 });
    const quiet = await runner().action(inputsOf('drift'));
    expect(quiet).toMatchObject({ code: 0, outputs: { verdict: 'GO', changed: 'false' } });
    expect(quiet.summary).toMatch(/^## ✅ GO\n\nbridgehead check of /);
    expect(runner().hasKeys()).toBe(false);
  });

  it('the nightly check notifies a webhook of drift, signed, and of nothing else', async () => {
    const night = join(folder, 'night');
    mkdirSync(join(night, 'bin'), { recursive: true });
    copyFileSync(file, join(night, 'inventory.yaml'));
    symlinkSync(BIN, join(night, 'bin/bridgehead'));
    writeFileSync(join(night, 'key'), 'a key\n', { mode: 0o600 });
    const hook = `http://127.0.0.1:${PORT}/hook`;
    writeFileSync(join(night, 'notify.yaml'), `notify:\n  - webhook: ${hook}\n    secret: { file: key }\n`);
    expect(LINES).toHaveLength(2);
    // As a oneshot service does: one after the other, to the first that fails.
    const nightly = () =>
      lab.run(['sh', '-c', `cd ${night} && PATH=${night}/bin:$PATH && ${LINES.join(' && ')}`], {
        env: { BRIDGEHEAD_SUDO_PASSWORD_FILE: lab.sudoPasswordFile },
      });
    const before = received().length;
    expect((await nightly()).code).toBe(0);
    expect(received()).toHaveLength(before);
    await drift();
    expect(await nightly()).toMatchObject({
      code: 10,
      stderr: expect.stringContaining(`notified 127.0.0.1:${PORT}: drift`),
    });
    const [{ body = '', headers = {} } = {}, ...more] = received().slice(before);
    expect(more).toEqual([]);
    expect(JSON.parse(body)).toMatchObject({ event: 'drift', exit: 10, planned: [{ node: 'wk-1' }] });
    expect(headers['x-bridgehead-signature']).toBe(
      `sha256=${createHmac('sha256', 'a key').update(body).digest('hex')}`,
    );
  });

  it('GitLab’s jobs plan, apply and look for drift', async () => {
    const pipeline = parse(blockOf('gitlab', 'yaml'));
    const checkout = join(folder, 'gitlab');
    mkdirSync(join(checkout, 'inventory'), { recursive: true });
    mkdirSync(join(checkout, 'bin'));
    copyFileSync(file, join(checkout, 'inventory/staging.yaml'));
    symlinkSync(BIN, join(checkout, 'bin/bridgehead'));
    for (const [name, key] of [
      ['key', 'secrets.BRIDGEHEAD_SSH_KEY'],
      ['hosts', 'vars.BRIDGEHEAD_KNOWN_HOSTS'],
    ] as const)
      writeFileSync(join(checkout, name), `${keys[key]}\n`);
    const prepare = (pipeline['.network'].before_script as string[]).filter(
      (line) => !line.startsWith('npm '),
    );
    expect(prepare).toHaveLength(4);
    const job = (name: string) => {
      const script = [`cd ${checkout}`, ...prepare, ...(pipeline[name].script as string[])].join('\n');
      writeFileSync(join(checkout, 'job.sh'), script);
      return lab.run(['bash', '-eo', 'pipefail', join(checkout, 'job.sh')], {
        env: {
          ...pipeline.variables,
          PATH: `${join(checkout, 'bin')}:${process.env['PATH']}`,
          CI_PROJECT_DIR: checkout,
          BRIDGEHEAD_SSH_KEY: join(checkout, 'key'),
          BRIDGEHEAD_KNOWN_HOSTS: join(checkout, 'hosts'),
          BRIDGEHEAD_SUDO_PASSWORD_FILE: lab.sudoPasswordFile,
        },
      });
    };
    expect((await job('drift')).code).toBe(10);
    expect((await job('plan')).code).toBe(0);
    const quality = () => JSON.parse(readFileSync(join(checkout, 'run.quality.json'), 'utf8'));
    expect(quality()).toMatchObject([{ severity: 'info', location: { path: 'inventory/staging.yaml' } }]);
    expect((await job('apply')).code).toBe(0);
    expect(quality()).toEqual([]);
    expect((await job('drift')).code).toBe(0);
  });

  it('the service and the timer of docs/recipes/systemd.md run on a machine of their own', async () => {
    const password = '/etc/bridgehead/sudo-password';
    const inventory = readFileSync(file, 'utf8').replace(
      'sudo: password }',
      `sudo: password, sudoPasswordFile: ${password} }`,
    );
    const notify = `notify:\n  - command: [sh, -c, 'cat >>/var/lib/bridgehead-drift/heard']\n`;
    // The page ends with a first run, which is GO.
    await setUpNight(lab, 'wk-2', { inventory, notify, login: 'root@192.168.15.4' });
    const state = (property: string) =>
      exec(lab, 'wk-2', `systemctl show --value -p ${property} bridgehead-drift.service`);
    const heard = async () => (await lab.exec('wk-2', 'cat /var/lib/bridgehead-drift/heard')).stdout;
    expect([await state('Result'), await state('ExecMainStatus'), await heard()]).toEqual([
      'success',
      '0',
      '',
    ]);
    expect(await exec(lab, 'wk-2', 'systemctl list-timers --no-legend')).toContain('bridgehead-drift.timer');
    const verified = await lab.exec('wk-2', 'systemd-analyze verify /etc/systemd/system/bridgehead-drift.*');
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    await drift();
    expect((await lab.exec('wk-2', 'systemctl start bridgehead-drift.service')).code).not.toBe(0);
    expect([await state('Result'), await state('ExecMainStatus')]).toEqual(['exit-code', '10']);
    expect(JSON.parse(await heard())).toMatchObject({ event: 'drift', planned: [{ node: 'wk-1' }] });
    const log = await exec(lab, 'wk-2', LOG);
    expect(log).toContain('notified sh: drift');
    await exec(lab, 'wk-2', 'systemctl disable --now bridgehead-drift.timer');
    expect((await runner().action(inputsOf('apply'))).code).toBe(0);
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
