import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, labDown, labStatus, labUp, openLab } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { BARE } from '../../fixtures/bare.js';
import { homeMesh, node, ssh } from '../../fixtures/home-mesh-inventory.js';
import { tracesOf } from '../support/traces.js';

const MINUTE = 60_000;
const quiet = { log: () => undefined };

const sites: Inventory = {
  file: 'lifecycle.yaml',
  name: 'lab-lifecycle',
  networks: [],
  lab: { laptop: 'home' },
  ...BARE,
  sites: [
    {
      name: 'home',
      subnets: ['192.168.15.0/24'],
      publicAddresses: ['203.0.113.10'],
      nat: true,
      forwards: [],
    },
    {
      name: 'cabin',
      subnets: ['192.168.15.0/24'],
      publicAddresses: ['203.0.113.11'],
      nat: true,
      forwards: [{ protocol: 'tcp', port: 2201, node: 'b-1', nodePort: 2200 }],
    },
  ],
  nodes: [
    node('edge', { publicAddresses: ['198.51.100.25'], ssh: ssh('198.51.100.25', { port: 2222 }) }),
    node('a-1', {
      site: 'home',
      lanAddresses: ['192.168.15.2'],
      ssh: ssh('192.168.15.2', { user: 'ops', sudo: 'password' }),
    }),
    node('b-1', {
      site: 'cabin',
      lanAddresses: ['192.168.15.3'],
      release: 'trixie',
      ssh: ssh('203.0.113.11', { port: 2201, user: 'ops', sudo: 'passwordless' }),
    }),
  ],
};

const banner = (address: string, port: number) =>
  `timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/${port}; read -r line <&3 && echo "$line"'`;

describe('a lab with two homes', () => {
  let lab: Lab;
  const login = (...argv: string[]) =>
    lab.run(['ssh', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', ...argv]);

  beforeAll(async () => {
    await labDown(sites, quiet);
    lab = await labUp(sites, quiet);
  }, 10 * MINUTE);
  afterAll(() => labDown(sites, quiet), MINUTE);

  it('lets the laptop into every machine with plain ssh, host keys checked', async () => {
    const hosts = await Promise.all([
      login('-p', '2222', 'root@198.51.100.25', 'hostname; id -un; cat /etc/os-release'),
      login('ops@192.168.15.2', 'hostname; id -un; cat /etc/os-release'),
      login('-p', '2201', 'ops@203.0.113.11', 'hostname; id -un; cat /etc/os-release'),
    ]);
    expect(hosts.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
      [0, ''],
    ]);
    expect(hosts.map(({ stdout }) => stdout.split('\n').slice(0, 2))).toEqual([
      ['edge', 'root'],
      ['a-1', 'ops'],
      ['b-1', 'ops'],
    ]);
    expect(hosts.map(({ stdout }) => /VERSION_CODENAME=(\w+)/.exec(stdout)?.[1])).toEqual([
      'bookworm',
      'bookworm',
      'trixie',
    ]);
  });

  it('asks for a sudo password if the inventory says so, and takes the one in the file', async () => {
    expect((await login('-p', '2201', 'ops@203.0.113.11', 'sudo -n id -un')).stdout).toBe('root\n');
    expect((await login('ops@192.168.15.2', 'sudo -n id -un')).code).toBe(1);
    const report = await lab.run([
      'sh',
      '-c',
      'ssh ops@192.168.15.2 sudo -S -k id -un <"$BRIDGEHEAD_SUDO_PASSWORD_FILE"',
    ]);
    expect(report.stdout).toBe('root\n');
  });

  it('keeps its secrets to root', async () => {
    const { stdout } = await lab.run([
      'sh',
      '-c',
      'stat -c %a "$HOME/.ssh/id_ed25519" "$BRIDGEHEAD_SUDO_PASSWORD_FILE" "$HOME"',
    ]);
    expect(stdout.split('\n').slice(0, 3)).toEqual(['600', '600', '700']);
  });

  it('hands on exit codes, input and environment', async () => {
    expect((await lab.run(['sh', '-c', 'exit 7'])).code).toBe(7);
    expect((await lab.run(['sh', '-c', 'kill -9 $$'])).code).toBe(137);
    const report = await lab.run(['sh', '-c', 'cat; echo "$WORD $BRIDGEHEAD_LAB"; pwd'], {
      input: 'in ',
      env: { WORD: "it's" },
    });
    expect(report.stdout).toBe(`in it's lab-lifecycle\n${process.cwd()}\n`);
  });

  it(
    'installs packages inside the machines',
    async () => {
      const installs = await Promise.all(
        ['a-1', 'b-1'].map((name) =>
          lab.exec(name, 'apt-get install -y --no-install-recommends wireguard-tools && wg --version'),
        ),
      );
      expect(installs.map(({ code, stderr }) => [code, stderr.includes('E:')])).toEqual([
        [0, false],
        [0, false],
      ]);
    },
    2 * MINUTE,
  );

  it('hides homes behind their routers', async () => {
    expect((await lab.exec('edge', banner('192.168.15.2', 22))).stdout).toBe('');
    expect((await lab.exec('edge', banner('203.0.113.10', 22))).stdout).toBe('');
    expect((await lab.exec('a-1', 'ping -c1 -W2 198.51.100.25')).code).toBe(0);
    expect((await lab.exec('edge', banner('203.0.113.11', 2201))).stdout).toMatch(/^SSH-2\.0-/);
  });

  it('takes a forward out and puts it back', async () => {
    const router = lab.router('cabin');
    await router.removeForward('tcp', 2201);
    expect((await router.exec(['nft', 'list', 'table', 'inet', 'bridgehead_lab'])).stdout).not.toContain(
      '2201',
    );
    expect((await lab.exec('edge', banner('203.0.113.11', 2201))).stdout).toBe('');
    await expect(router.removeForward('tcp', 2201)).rejects.toThrow('no forward tcp 2201');
    await router.restoreForwards();
    expect((await lab.exec('edge', banner('203.0.113.11', 2201))).stdout).toMatch(/^SSH-2\.0-/);
  });

  it(
    'reboots a machine: what was live is gone, what was written is there',
    async () => {
      await lab.exec('b-1', 'ip address add 10.77.0.1/32 dev lo; echo kept >/root/kept; sync');
      const boot = 'cat /proc/sys/kernel/random/boot_id';
      const before = (await lab.exec('b-1', boot)).stdout;
      await lab.reboot('b-1');
      expect((await lab.exec('b-1', boot)).stdout).not.toBe(before);
      const after = await lab.exec('b-1', 'cat /root/kept; ip -4 address show dev lo');
      expect(after.stdout).toMatch(/^kept\n/);
      expect(after.stdout).not.toContain('10.77.0.1');
      expect((await login('-p', '2201', 'ops@203.0.113.11', 'true')).code).toBe(0);
    },
    2 * MINUTE,
  );

  it(
    'cuts the power of only one machine, and restores it',
    async () => {
      await lab.kill('a-1');
      await expect(lab.exec('a-1', 'true')).rejects.toThrow('machine a-1 is down');
      const states = async () =>
        (await labStatus(sites)).machines.map(({ node: name, state }) => [name, state]);
      expect(await states()).toEqual([
        ['edge', 'running'],
        ['a-1', 'down'],
        ['b-1', 'running'],
      ]);
      await lab.boot('a-1');
      expect(await states()).toEqual([
        ['edge', 'running'],
        ['a-1', 'running'],
        ['b-1', 'running'],
      ]);
      expect((await login('ops@192.168.15.2', 'true')).code).toBe(0);
    },
    2 * MINUTE,
  );

  it(
    'is not built twice, and can be up next to another',
    async () => {
      await expect(labUp(sites, quiet)).rejects.toThrow('lab lab-lifecycle is already up');
      const other = { ...homeMesh, name: 'lab-lifecycle-other', nodes: homeMesh.nodes.slice(0, 1) };
      const beside = await labUp(other, quiet);
      expect((await beside.run(['ssh', 'root@198.51.100.25', 'hostname'])).stdout).toBe('ctb-edge-1\n');
      expect((await login('-p', '2222', 'root@198.51.100.25', 'hostname')).stdout).toBe('edge\n');
      await labDown(other, quiet);
      expect(tracesOf('lab-lifecycle-other')).toEqual([]);
      expect((await login('-p', '2222', 'root@198.51.100.25', 'hostname')).stdout).toBe('edge\n');
    },
    2 * MINUTE,
  );

  it(
    'leaves nothing behind, however often it is taken down',
    async () => {
      expect(tracesOf('lab-lifecycle')).not.toEqual([]);
      await labDown(sites, quiet);
      await labDown(sites, quiet);
      expect(tracesOf('lab-lifecycle')).toEqual([]);
      expect((await labStatus(sites)).state).toBe('down');
      await expect(openLab(sites)).rejects.toThrow('lab lab-lifecycle is not up');
    },
    MINUTE,
  );
});

describe('a lab that is cut off', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-'));
  const file = join(folder, 'cut.yaml');
  const cut: Inventory = { ...homeMesh, file, name: 'lab-cut' };
  writeFileSync(
    file,
    'name: lab-cut\nnodes:\n  edge-1: { public: 198.51.100.25, ssh: { user: root } }\n  edge-2: { public: 198.51.100.26, ssh: { user: root } }\n',
  );

  afterAll(async () => {
    await labDown(cut, quiet);
    rmSync(folder, { recursive: true });
  }, MINUTE);

  it.each([0, 100, 200, 300])(
    'by kill -9, %i ms after it has begun, is cleaned up by down',
    async (ms) => {
      const up = spawn(process.execPath, ['bin/bridgehead.js', 'lab', 'up', '-i', file], { stdio: 'ignore' });
      const ended = new Promise((resolve) => up.once('exit', (_, signal) => resolve(signal)));
      while (!existsSync('/run/bridgehead-lab/lab-cut') && up.exitCode === null) await sleep(10);
      await sleep(ms);
      up.kill('SIGKILL');
      expect(await ended).toBe('SIGKILL');
      expect(tracesOf('lab-cut')).not.toEqual([]);
      await labDown(cut, quiet);
      expect(tracesOf('lab-cut')).toEqual([]);
    },
    MINUTE,
  );

  it(
    'by an abort cleans up after itself',
    async () => {
      const abort = new AbortController();
      const log = (line: string) => {
        if (line.includes(' is running')) abort.abort();
      };
      await expect(labUp(cut, { log, signal: abort.signal })).rejects.toMatchObject({
        code: 'E_INTERRUPTED',
      });
      expect(tracesOf('lab-cut')).toEqual([]);
    },
    2 * MINUTE,
  );

  it(
    'is built by one process at a time',
    async () => {
      const both = await Promise.allSettled([labUp(cut, quiet), labUp(cut, quiet)]);
      const refused = both.flatMap((result) => (result.status === 'rejected' ? [result.reason.message] : []));
      expect(refused).toEqual(['another process is building or taking down lab lab-cut']);
      expect((await labStatus(cut)).machines.map(({ state }) => state)).toEqual(
        cut.nodes.map(() => 'running'),
      );
      await labDown(cut, quiet);
    },
    2 * MINUTE,
  );

  it(
    'is replaced by the next, even when its processes still run',
    async () => {
      await labUp(cut, quiet);
      const record = JSON.parse(readFileSync('/run/bridgehead-lab/lab-cut/lab.json', 'utf8'));
      record.state = 'building';
      record.builder = { pid: process.pid, began: 'another time' };
      writeFileSync('/run/bridgehead-lab/lab-cut/lab.json', JSON.stringify(record));
      expect((await labStatus(cut)).state).toBe('dead');
      const lines: string[] = [];
      await labUp(cut, { log: (line) => lines.push(line) });
      expect(lines).toContain('cleaned up what an earlier lab lab-cut had left');
      await labDown(cut, quiet);
      expect(tracesOf('lab-cut')).toEqual([]);
    },
    2 * MINUTE,
  );
});
