import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tearDown } from '../../../src/lab/cleanup.js';
import { RIGHTS } from '../../../src/lab/docker/host.js';
import { buildArguments } from '../../../src/lab/docker/image.js';
import prepare from '../../../src/lab/docker/prepare.sh';
import { must } from '../../../src/lab/host/command.js';
import { LabPaths } from '../../../src/lab/names.js';
import { buildNamespaces, inside } from '../../../src/lab/network/namespaces.js';
import { startProxy } from '../../../src/lab/network/proxy.js';
import { PROXY_PORT } from '../../../src/lab/topology/layout.js';
import { INTERNET } from '../../../src/lab/topology/network.js';
import { fillRegistry } from '../../support/docker/bases.js';
import { type DockerDaemon, startDocker } from '../../support/docker/daemon.js';
import { BIN, inventoryAt } from '../support/bridgehead.js';
import { writeExample } from '../support/example.js';
import { tracesOf } from '../support/traces.js';
import { describeLabsOf } from './lab-of.js';

/** A network for Docker alone, whose only way out is a proxy. */
const OUTSIDE = new LabPaths('docker-outside');
const REGISTRY = 'bridgehead-test.invalid';
const before = { ...process.env };
let daemon: DockerDaemon;
/** What other tests have left in the daemon's cache. */
let others: ReadonlySet<string>;

beforeAll(async () => {
  await tearDown(OUTSIDE);
  const namespaces = [{ name: INTERNET, sysctls: {} }];
  const network = [{ namespace: INTERNET, lines: ['link set lo up'] }];
  const plan = { namespaces, network, ipv6: false };
  await buildNamespaces(plan, OUTSIDE);
  await startProxy(plan, OUTSIDE);
  daemon = await startDocker({ namespace: OUTSIDE.namespace(INTERNET) });
  others = new Set(await inDaemon());
  await fillRegistry(daemon, REGISTRY);
  Object.assign(process.env, daemon.env, {
    BRIDGEHEAD_LAB_REGISTRY: REGISTRY,
    http_proxy: `http://172.17.0.1:${PROXY_PORT}`,
  });
});

afterAll(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  await daemon?.stop();
  await tearDown(OUTSIDE);
});

async function tracesIn(lab: string): Promise<readonly string[]> {
  return [...(await inDaemon()).filter((line) => !others.has(line)), ...tracesOf(lab)];
}

async function inDaemon(): Promise<readonly string[]> {
  const [containers, volumes, networks] = await Promise.all([
    daemon.must(['ps', '--all', '--format', 'container {{.Names}}']),
    daemon.must(['volume', 'ls', '--format', 'volume {{.Name}}']),
    daemon.must(['network', 'ls', '--filter', 'type=custom', '--format', 'network {{.Name}}']),
  ]);
  return `${containers}${volumes}${networks}`.split('\n').filter((line) => line !== '');
}

describeLabsOf({ name: 'docker', program: ['bridgehead'], traces: tracesIn });

describe('a rehearsal in a container', () => {
  it('rehearses a change, leaves journal and report with the user, and nothing else', async () => {
    const [folder, state] = ['bridgehead-former-', 'bridgehead-rehearsed-'].map((name) =>
      mkdtempSync(join(tmpdir(), name)),
    ) as [string, string];
    const file = writeExample(folder, 'home-mesh', 'docker-rehearsal');
    const [former, report] = [join(folder, 'old.yaml'), join(folder, 'change.json')];
    writeFileSync(former, readFileSync(file, 'utf8').replace('mtu: 1420', 'mtu: 1400'));
    const words = ['rehearse', '--driver', 'docker', '-i', file, '--state-dir', state];
    const more = ['--against', former, '--report', `json=${report}`];
    const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...words, ...more], {
      encoding: 'utf8',
      env: process.env,
    });
    expect([status, stderr, stdout]).toEqual([
      0,
      expect.stringContaining('lab docker-rehearsal is up'),
      expect.stringMatching(new RegExp(`rehearsal +GO[^]*What the change from ${former} cuts`)),
    ]);
    const [journal = ''] = new RegExp(`${state}/rehearsals/runs/\\S+`).exec(stdout) ?? [];
    expect(readFileSync(`${journal}/journal.jsonl`, 'utf8')).toContain('"type":"run-ended"');
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ verdict: 'GO' });
    expect(await tracesIn((await inventoryAt(file)).name)).toEqual([]);
    for (const made of [folder, state]) rmSync(made, { recursive: true });
  });
});

describe('the image of a machine', () => {
  it('boots by itself, with systemd and sshd', async () => {
    const dockerfile = readFileSync('Dockerfile', 'utf8');
    const args = buildArguments(dockerfile, process.env);
    // With the proxy, which the daemon's own environment doesn't have.
    await must(['docker', 'build', '--target', 'machine', '--tag', 'bridgehead-machine', ...args, '-'], {
      input: dockerfile,
      timeoutMs: 300_000,
    });
    const boot = `${prepare}\nssh-keygen -q -A\nexec /sbin/init`;
    await daemon.must([
      ...['run', '--detach', '--name', 'machine', '--tmpfs', '/run', ...RIGHTS],
      ...['bridgehead-machine', 'sh', '-c', boot],
    ]);
    try {
      const settled = 'until systemctl is-system-running --wait | grep -qx running; do sleep 0.2; done';
      await daemon.must(['exec', 'machine', 'timeout', '60', 'sh', '-c', settled]);
      const format = '{{.NetworkSettings.IPAddress}}';
      const address = (await daemon.must(['inspect', '--format', format, 'machine'])).trim();
      const banner = `exec 3<>/dev/tcp/${address}/22; read -t 5 -r line <&3; echo "$line"`;
      expect(await must(inside(OUTSIDE.namespace(INTERNET), 'bash', '-c', banner))).toMatch(
        /^SSH-2.0-OpenSSH/,
      );
    } finally {
      await daemon.must(['rm', '--force', '--volumes', 'machine']);
    }
  });
});
