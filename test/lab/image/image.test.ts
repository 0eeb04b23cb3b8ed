import { type ChildProcess, spawn } from 'node:child_process';
import {
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../../../src/lab/host/command.js';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import { LabPaths } from '../../../src/lab/names.js';
import type { CommandResult } from '../../../src/lab/types.js';
import type { BaseImages } from '../../support/docker/bases.js';
import { buildTarget } from '../../support/docker/build.js';
import { type DockerDaemon, startDocker } from '../../support/docker/daemon.js';
import { exec, inventoryAt } from '../support/bridgehead.js';

/** Nobody that the image or this machine knows. */
const UID = 1234;
const quiet = { log: () => undefined };
const INVENTORY = `name: image
sites: { home: { subnet: 192.168.15.0/24, router: 192.168.15.1, public: 203.0.113.10 } }
nodes:
  edge: { public: 198.51.100.25, ssh: { user: root } }
  box: { site: home, lan: 192.168.15.2, ssh: { user: ops, sudo: passwordless } }
networks:
  mesh: { range: 172.27.15.0/24, port: 51820, addresses: { edge: 172.27.15.1, box: 172.27.15.2 } }
lab: { laptop: home }
`;

const folder = mkdtempSync(join(tmpdir(), 'bridgehead-image-'));
const network = join(folder, 'network');
const ssh = join(folder, '.ssh');
const file = join(network, 'inventory.yaml');
let lab: Lab;
let daemon: DockerDaemon;
let bases: BaseImages;
let agent: ChildProcess | undefined;

const AS_SOMEBODY = ['--user', `${UID}:${UID}`, '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
const KEYS = ['-v', `${ssh}:/home/bridgehead/.ssh:ro`];
const run = (options: readonly string[], ...words: readonly string[]): Promise<CommandResult> =>
  daemon.docker(['run', '--rm', ...options, 'bridgehead', ...words]);
const inNetwork = (...words: readonly string[]) =>
  run(['--read-only', ...AS_SOMEBODY, '-v', `${network}:/network`, ...KEYS], ...words);

const mb = (bytes: number): number => Math.round(bytes / 1e6);

async function sizeOf(image: string): Promise<number> {
  return Number(await daemon.must(['image', 'inspect', '--format', '{{.Size}}', image]));
}

/** The first `sh` block of docs/docker.md: the shell function that people are to use. */
function documentedFunction(): string {
  const [, block = ''] = /```sh\n(.*?)\n```\n/s.exec(readFileSync('docs/docker.md', 'utf8')) ?? [];
  return block;
}

function giveAway(path: string): void {
  chownSync(path, UID, UID);
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) giveAway(join(path, name));
}

beforeAll(async () => {
  mkdirSync(network);
  writeFileSync(file, INVENTORY);
  const builder = await startDocker();
  try {
    bases = await buildTarget(builder, 'bridgehead', 'bridgehead');
  } finally {
    await builder.stop();
  }
  const inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  daemon = await startDocker({ namespace: new LabPaths(lab.name).namespace(lab.plan.laptop.namespace) });
  cpSync(join(lab.home, '.ssh'), ssh, { recursive: true });
  giveAway(folder);
});

afterAll(async () => {
  agent?.kill();
  await daemon?.stop();
  await labDown(await inventoryAt(file), quiet);
  rmSync(folder, { recursive: true });
});

describe('the image', () => {
  it('is small, and has ssh and age', async () => {
    const size = await sizeOf('bridgehead');
    const base = await sizeOf(bases.debian);
    process.stderr.write(`the image has ${mb(size)} MB, ${mb(base)} of them Debian's\n`);
    expect(mb(size - base)).toBeLessThan(180);
    const tools = await daemon.docker([
      'run',
      '--rm',
      '--entrypoint',
      'sh',
      'bridgehead',
      '-c',
      'ssh -V && age --version && id -u',
    ]);
    expect([tools.code, tools.stdout.trim().split('\n').at(-1)]).toEqual([0, '1000']);
  });

  it('says what to mount if it is given nothing to do', async () => {
    const { code, stdout, stderr } = await run([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('-v "$PWD:/network"');
    expect(stderr).toContain('/home/bridgehead/.ssh');
  });

  it.each<[string, readonly string[], string, number, string]>([
    ['is not mounted', [], 'validate', 2, 'hint: /network is not mounted'],
    [
      'belongs to another user',
      ['--user', '4321:4321', '-v', `${network}:/network`, ...KEYS],
      'plan',
      2,
      "hint: user 4321 can't write",
    ],
    [
      'is mounted read-only',
      [...AS_SOMEBODY, '-v', `${network}:/network:ro`, ...KEYS],
      'plan',
      2,
      "hint: user 1234 can't write",
    ],
  ])('gives a hint if /network %s', async (_what, options, command, exit, hint) => {
    const { code, stderr } = await run(options, command);
    expect(stderr).toContain(hint);
    expect(code).toBe(exit);
  });

  it.each(['0:0', '1000:1000', `${UID}:${UID}`])(
    'has ssh read known_hosts of the folder as user %s',
    async (user) => {
      const { stdout } = await daemon.docker([
        'run',
        '--rm',
        '--user',
        user,
        '--entrypoint',
        'ssh',
        'bridgehead',
        '-G',
        'edge',
      ]);
      expect(stdout).toMatch(
        /^userknownhostsfile \/network\/known_hosts \/home\/bridgehead\/\.ssh\/known_hosts /m,
      );
    },
  );

  it('says what a user needs that ssh does not accept', async () => {
    const names = join(folder, 'nsswitch.conf');
    writeFileSync(names, 'passwd: files\n');
    const mounts = ['-v', `${names}:/etc/nsswitch.conf:ro`, '-v', `${network}:/network`, ...KEYS];
    const { code, stdout, stderr } = await run([...AS_SOMEBODY, ...mounts], 'check');
    expect(`${stdout}${stderr}`).toContain(`No user exists for uid ${UID}`);
    expect(`${stdout}${stderr}`).toContain('apt install libnss-unknown');
    expect(code).toBe(2);
  });

  it('gives no hint where none is needed', async () => {
    const validated = await run([...AS_SOMEBODY, '-v', `${network}:/network:ro`], 'validate');
    expect([validated.code, validated.stderr]).toEqual([0, '']);
    const version = await run(['--read-only'], '--version');
    expect(version).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' });
  });
});

describe('as a user without a name, with a read-only root', () => {
  it('proves a network with mounted keys, and keeps its journal in the folder', async () => {
    const applied = await inNetwork('apply', '--yes', '--report', 'json=run.json');
    expect(applied.stdout).toContain('GO');
    expect(applied.code).toBe(0);
    const [journal = ''] = readdirSync(join(network, '.state/bridgehead/runs'));
    expect(statSync(join(network, '.state/bridgehead/runs', journal)).uid).toBe(UID);
    expect(JSON.parse(readFileSync(join(network, 'run.json'), 'utf8'))).toMatchObject({ verdict: 'GO' });
  });

  it('changes nothing the second time, with the agent and known_hosts of the folder, as the page has it', async () => {
    const socket = join(folder, 'agent');
    const somebody = ['--reuid', `${UID}`, '--regid', `${UID}`, '--clear-groups'];
    agent = spawn('setpriv', [...somebody, 'ssh-agent', '-D', '-a', socket], { stdio: 'ignore' });
    const add = 'until ssh-add "$0" 2>/dev/null; do sleep 0.1; done';
    await must(['sh', '-c', add, join(lab.home, '.ssh/id_ed25519')], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
      timeoutMs: 20_000,
    });
    cpSync(join(ssh, 'known_hosts'), join(network, 'known_hosts'));
    giveAway(network);
    for (const name of readdirSync(ssh)) rmSync(join(ssh, name));
    const script = `id() { echo ${UID}; }\n${documentedFunction()}\ncd "$0" && bridgehead apply --yes`;
    const env = { ...daemon.env, HOME: folder, SSH_AUTH_SOCK: socket };
    expect(await must(['sh', '-c', script, network], { env })).toContain('Nothing to change');
  });

  it('passes exit codes on: 10 for drift, 3 for STOP; and writes nothing but in the folder', async () => {
    await exec(lab, 'box', 'ip link set mtu 1300 dev wg0');
    cpSync(join(lab.home, '.ssh'), ssh, { recursive: true });
    giveAway(ssh);
    expect((await inNetwork('plan', '--exit-code')).code).toBe(10);
    expect((await inNetwork('check')).code).toBe(3);
    const writable = ['run', '--name', 'writable', ...AS_SOMEBODY, '-v', `${network}:/network`, ...KEYS];
    await daemon.must([...writable, 'bridgehead', 'apply', '--yes']);
    expect(await daemon.must(['diff', 'writable'])).toBe('');
    await daemon.must(['rm', 'writable']);
  });

  it('ends the run on SIGTERM as outside', async () => {
    await exec(lab, 'box', 'pkill -STOP -x sshd');
    const options = ['--detach', '--name', 'ended', '--read-only', ...AS_SOMEBODY];
    const mounts = ['-v', `${network}:/network`, ...KEYS];
    const words = ['bridgehead', 'check', '--json', '--timeout', '60'];
    await daemon.must(['run', ...options, ...mounts, ...words]);
    const started = 'until docker logs ended | grep -q run-started; do sleep 0.1; done';
    await must(['sh', '-c', started], { env: daemon.env, timeoutMs: 20_000 });
    await daemon.must(['kill', '--signal', 'TERM', 'ended']);
    expect(await daemon.must(['wait', 'ended'], { timeoutMs: 20_000 })).toBe('130\n');
    expect(await daemon.must(['logs', 'ended'])).toContain('"type":"run-ended"');
    await daemon.must(['rm', 'ended']);
    await exec(lab, 'box', 'pkill -CONT -x sshd');
  });
});
