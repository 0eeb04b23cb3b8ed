import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-retire-'));
const PHONE = 'cGhvbmUtcGhvbmUtcGhvbmUtcGhvbmUtcGhvbmUtcGg=';
const ADDRESSES: Readonly<Record<string, string>> = {
  a: '198.51.100.41',
  b: '198.51.100.42',
  c: '198.51.100.43',
};

interface Wanted {
  readonly nodes?: readonly string[];
  readonly members?: readonly string[];
  readonly network?: readonly string[];
  /** First three numbers of the range. */
  readonly range?: string;
}

/** An inventory of machines on the internet; `network` are the lines that say what its network is. */
function write(
  path: string,
  { nodes = ['a', 'b', 'c'], members = nodes, network = [], range = '10.41.0' }: Wanted,
): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  const lines = [
    'name: retire-suite',
    'defaults: { ssh: { user: root } }',
    'nodes:',
    ...nodes.map((name) => `  ${name}: { public: ${ADDRESSES[name]} } # machine ${name}`),
    'networks:',
    '  home:',
    `    range: ${range}.0/24`,
    ...network.map((line) => `    ${line}`),
    '    addresses:',
    ...members.map((name) => `      ${name}: ${range}.${'abc'.indexOf(name) + 1} # member ${name}`),
    '',
  ];
  writeFileSync(file, lines.join('\n'));
  return file;
}

const HUB = [
  'shape: hub',
  'hub: a',
  'presharedKeys: true',
  `clients: { phone: { address: 10.41.0.9, publicKey: "${PHONE}" } }`,
];
const file = write('inventory.yaml', { network: HUB });
const RENAMED = 'interface: wghome';

let inventory: Inventory;
let lab: Lab;

const plan = (...args: string[]): Promise<RunReport> =>
  bridgehead(lab, 'plan', '-i', file, '--json', ...args);
const apply = (...args: string[]): Promise<RunReport> =>
  bridgehead(lab, 'apply', '-i', file, '--yes', '--json', ...args);
const check = (): Promise<RunReport> => bridgehead(lab, 'check', '-i', file, '--json');
const summaries = (report: RunReport): string[] =>
  ofType(report, 'step-planned').flatMap(({ node, changes }) =>
    changes.map(({ summary }) => `${node}: ${summary}`),
  );
const errorsOf = (report: RunReport) => ofType(report, 'run-ended')[0]?.errors ?? [];
const on = (node: string, script: string): Promise<string> => exec(lab, node, script);
const rebootAll = (...nodes: readonly string[]) => Promise.all(nodes.map((node) => lab.reboot(node)));
/** Whatever of ours lies on a machine or is in force there, by interface. */
const traces = (node: string, name: string): Promise<string> =>
  on(
    node,
    `{ ls -d /etc/wireguard/${name}.* /etc/wireguard/psk/${name} /etc/wireguard/.bridgehead/${name} /etc/bridgehead/${name}.* /etc/sysctl.d/*${name}* /sys/class/net/${name} /etc/systemd/system/*.wants/*@${name}.service
nft list table inet bridgehead_${name}; } 2>/dev/null || :`,
  );

async function expectGo(report: RunReport): Promise<void> {
  expect(errorsOf(report)).toEqual([]);
  expect(stops(report)).toEqual([]);
  expect(report.code).toBe(0);
}

async function expectProven(...nodes: readonly string[]): Promise<void> {
  await rebootAll(...nodes);
  await expectGo(await check());
  expect(summaries(await plan())).toEqual([]);
}

beforeAll(async () => {
  inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
});
afterAll(async () => {
  await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

it('keeps a record of who owns an interface, readable only by root', async () => {
  await expectGo(await apply());
  expect(await on('b', 'stat -c "%a %U" /etc/wireguard/.bridgehead /etc/wireguard/.bridgehead/wg0')).toBe(
    '700 root\n600 root',
  );
  expect(await on('b', 'grep -c "^inventory retire-suite$" /etc/wireguard/.bridgehead/wg0')).toBe('1');
});

describe('the owner', () => {
  it('is known after wg-quick save, and repaired', async () => {
    const key = await on('b', 'wg show wg0 public-key');
    await on('b', 'wg-quick save wg0');
    expect(await on('b', 'head -n 1 /etc/wireguard/wg0.conf')).toBe('[Interface]');
    const report = await apply();
    await expectGo(report);
    expect(summaries(report)).toEqual(['b: write /etc/wireguard/wg0.conf']);
    expect(await on('b', 'wg show wg0 public-key')).toBe(key);
    expect(await on('b', 'grep -c PrivateKey /etc/wireguard/wg0.conf || :')).toBe('0');
  });

  it('is known without a record, as versions before it left it, and adopted without a change', async () => {
    await on('b', 'rm -r /etc/wireguard/.bridgehead');
    await expectGo(await apply());
    expect(changesOf(await plan())).toBe(0);
  });

  it('is not guessed once the file has lost its first line, too: adopt takes it over', async () => {
    await on('b', 'wg-quick save wg0');
    const refused = await apply();
    expect(errorsOf(refused)).toMatchObject([{ code: 'E_NOT_OURS', node: 'b' }]);
    expect(refused.code).toBe(3);
    const adopted = await bridgehead(lab, 'adopt', 'b', '-i', file, '--yes', '--json');
    expect(adopted.code).toBe(0);
    await expectGo(await apply());
    expect(await on('b', 'ls /etc/wireguard/.bridgehead')).toBe('wg0');
  });

  /** No gate comes before the wireguard step. */
  const playbook = join(folder, 'bare.yaml');
  writeFileSync(
    playbook,
    'name: bare\nphases:\n  - { name: keys, steps: [{ on: members, wireguard-keys: }] }\n  - { name: tunnel, steps: [{ on: members, wireguard: }] }\n',
  );
  const bare = (other: string) => bridgehead(lab, 'apply', '-i', other, '-p', playbook, '--yes', '--json');

  it('refuses another inventory of the same name on a shared machine, before anything is changed', async () => {
    const look = 'sha256sum /etc/wireguard/wg0.conf /etc/wireguard/wg0.key; wg show wg0 peers';
    const before = await on('b', look);
    const report = await bare(write('stranger/inventory.yaml', { nodes: ['b'], range: '10.77.0' }));
    expect(errorsOf(report)).toMatchObject([{ code: 'E_NOT_OURS', node: 'b' }]);
    expect(report.code).toBe(3);
    expect(await on('b', look)).toBe(before);
  });

  it('lets another inventory have an interface of its own, and neither touches the other', async () => {
    const other = write('beside/inventory.yaml', {
      nodes: ['b'],
      range: '10.78.0',
      network: ['interface: wg9', 'port: 51999'],
    });
    await expectGo(await bare(other));
    expect(summaries(await plan())).toEqual([]);
    await rebootAll('b');
    expect(summaries(await plan())).toEqual([]);
    expect(summaries(await bridgehead(lab, 'plan', '-i', other, '-p', playbook, '--json'))).toEqual([]);
    expect(await on('b', 'wg show interfaces')).toMatch(/wg0.*wg9|wg9.*wg0/);
    await on(
      'b',
      'systemctl disable -q --now wg-quick@wg9; rm /etc/wireguard/wg9.* /etc/wireguard/.bridgehead/wg9',
    );
  });

  it.each([
    ['a configuration', 'systemctl disable -q --now wg-quick@wgx', ':'],
    ['a running interface', ':', 'rm /etc/wireguard/wgx.conf'],
  ])('refuses a foreign one: %s', async (_what, down, gone) => {
    await on(
      'c',
      `umask 077; printf '[Interface]\\nPrivateKey = %s\\nAddress = 10.66.0.1/24\\nListenPort = 51777\\n' "$(wg genkey)" >/etc/wireguard/wgx.conf
systemctl enable -q --now wg-quick@wgx; ${down}; ${gone}`,
    );
    const other = write('foreign/inventory.yaml', {
      network: ['interface: wgx', 'port: 51778'],
      range: '10.79.0',
    });
    const report = await bare(other);
    expect(errorsOf(report)).toMatchObject([{ code: 'E_NOT_OURS', node: 'c' }]);
    expect(await on('a', 'ls /etc/wireguard/wgx.key 2>/dev/null || :')).toBe('');
    await on(
      'c',
      'ip link del wgx 2>/dev/null; systemctl disable -q wg-quick@wgx; systemctl reset-failed; rm -f /etc/wireguard/wgx.*',
    );
  });
});

describe('an interface with a new name', () => {
  it('is moved to in one round, with the keys that it had', async () => {
    const keys = await on('a', 'wg show wg0 public-key; cat /etc/wireguard/psk/wg0/*');
    write('inventory.yaml', { network: [...HUB, RENAMED] });
    const planned = summaries(await plan());
    expect(planned).toContainEqual(
      expect.stringMatching(/^a: stop wg0, now and at boot: network home is on wghome now$/),
    );
    expect(planned.some((line) => line.includes('make a private key'))).toBe(false);
    await expectGo(await apply());
    expect(await on('a', 'wg show wghome public-key; cat /etc/wireguard/psk/wghome/*')).toBe(keys);
    for (const node of ['a', 'b', 'c']) expect(await traces(node, 'wg0')).toBe('');
  });

  it('is the one that comes up at the next boot', () => expectProven('a', 'b', 'c'));
});

describe('what is no longer wanted', () => {
  it('a hub that became a mesh passes nothing on any more', async () => {
    expect(await on('a', 'sysctl -n net.ipv4.ip_forward')).toBe('1');
    write('inventory.yaml', { network: [RENAMED] });
    await expectGo(await apply('--playbook', 'mesh'));
    expect(await on('a', 'sysctl -n net.ipv4.ip_forward; nft list tables')).toBe('0');
    await expectProven('a');
    expect(await on('a', 'sysctl -n net.ipv4.ip_forward')).toBe('0');
  });

  it('a node that is not a member any more has nothing left of the network', async () => {
    write('inventory.yaml', { members: ['a', 'b'], network: [RENAMED] });
    const planned = summaries(await plan());
    expect(planned).toContainEqual(
      'c: stop wghome, now and at boot: c is no longer a member of network home',
    );
    expect(planned).toContainEqual(
      'a: remove peer c (10.41.0.3/32): it is no longer a member of network home',
    );
    await expectGo(await apply());
    expect(await traces('c', 'wghome')).toBe('');
    expect(await on('c', 'ls -A /etc/wireguard; ls /etc/sysctl.d | grep bridgehead || :')).toBe('.retired');
    await expectProven('a', 'b', 'c');
  });
});

describe('a machine that leaves', () => {
  const remove = (...args: string[]): Promise<RunReport> =>
    bridgehead(lab, 'remove', 'c', '-i', file, '--yes', '--json', ...args);
  const peers = (node: string): Promise<string> => on(node, 'wg show wghome peers | wc -l');

  it('is removed without contact if it is dead', async () => {
    write('inventory.yaml', { network: [RENAMED] });
    await expectGo(await apply());
    await on('c', 'systemctl mask -q --now ssh.socket ssh.service');
    await expectGo(await remove('--offline'));
    expect(readFileSync(file, 'utf8')).not.toMatch(/^ *c: /m);
    expect(readFileSync(file, 'utf8')).toContain('# machine b');
    expect([await peers('a'), await peers('b')]).toEqual(['1', '1']);
    await on('c', 'systemctl unmask -q ssh.socket ssh.service; systemctl start ssh');
    expect(await peers('c')).toBe('2');
  });

  it('is left as it was before, but for packages, and the rest is proven without it', async () => {
    write('inventory.yaml', { network: [RENAMED] });
    await expectGo(await apply());
    await expectGo(await remove());
    expect(readFileSync(file, 'utf8')).not.toMatch(/^ *c: /m);
    expect(await traces('c', 'wghome')).toBe('');
    expect(
      await on('c', 'ls -A /etc/wireguard; ls -d /var/lib/bridgehead /etc/bridgehead 2>/dev/null || :'),
    ).toBe('');
    expect([await peers('a'), await peers('b')]).toEqual(['1', '1']);
    await rebootAll('c');
    expect(await on('c', 'ls /sys/class/net | grep wg || :')).toBe('');
    await expectProven('a', 'b');
  });
});
