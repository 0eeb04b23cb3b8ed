import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../../src/core/secret.js';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { bridgehead, changesOf, everythingWritten, exec, inventoryAt, stops } from '../support/bridgehead.js';
import { sessions } from '../support/inventories/phone-home.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-clients-'));
const file = join(folder, 'clients.yaml');
const conf = (name: string) => join(folder, `${name}.conf`);
const PAGE = 'http://192.168.1.100:3000';

let inventory: Inventory;
let lab: Lab;

const client = (...args: string[]) => bridgehead(lab, 'client', ...args, '-i', file);
const secret = (path: string) => new Secret(readFileSync(path, 'utf8'));

beforeAll(async () => {
  const text = readFileSync('inventory/phone-home.yaml', 'utf8')
    .replace(/^name: .*/m, 'name: clients-suite')
    .replace('    internet: true\n', '    internet: true\n    presharedKeys: true\n');
  writeFileSync(file, text);
  inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  const report = await bridgehead(lab, 'apply', '-i', file, '--yes', '--json');
  expect(stops(report)).toEqual([]);
  // Whatever follows, the hub alone is asked.
  await exec(lab, 'node-a', 'systemctl stop ssh');
});
afterAll(async () => {
  await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

describe('a client with a preshared key', () => {
  it('is given a configuration that leads to the LAN', async () => {
    const before = readFileSync(file, 'utf8');
    const report = await client('rekey', 'phone', '--yes', '--conf', conf('phone'));
    expect(`${report.code} ${report.stderr}`).toBe('0 ');
    expect(statSync(conf('phone')).mode & 0o777).toBe(0o600);
    const ledger = readFileSync(join(lab.home, '.local/state/bridgehead/clients.jsonl'), 'utf8');
    const secrets = [...readFileSync(conf('phone'), 'utf8').matchAll(/^(?:Private|Preshared)Key = (.+)$/gm)];
    expect(secrets).toHaveLength(2);
    for (const [, key = ''] of secrets) {
      expect(report.stdout + ledger + everythingWritten(lab)).not.toContain(key);
    }
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.filter((line) => !before.split('\n').includes(line))).toEqual([
      expect.stringMatching(/^ {8}publicKey: \S{44}$/),
    ]);
    await lab.client('phone').up(secret(conf('phone')));
    expect((await lab.client('phone').fetch(PAGE, { timeoutMs: 20_000 })).text).toContain('this is lan-1');
  });

  it('stays on while another comes and goes', async () => {
    const before = await sessions(lab, 'vps');
    expect((await client('add', 'tablet', '--yes', '--conf', conf('tablet'))).code).toBe(0);
    expect((await sessions(lab, 'vps')).size).toBe(before.size + 1);
    expect((await client('revoke', 'tablet', '--yes')).code).toBe(0);
    const after = await sessions(lab, 'vps');
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    for (const [key, then] of before) {
      expect(after.get(key)?.handshake).toBeGreaterThanOrEqual(then.handshake);
      expect(after.get(key)?.received).toBeGreaterThanOrEqual(then.received);
    }
    expect(await exec(lab, 'vps', 'ls /etc/wireguard/psk/wg0')).toBe('node-a\nphone');
  });

  it('must scan again when its configuration has changed, and can keep its keys', async () => {
    const upToDate = await client('list', '--live');
    expect(upToDate.stdout).toMatch(/^phone .* ago +up to date$/m);
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace('        tunnel: split\n', '        tunnel: split\n        dns: 1.1.1.1\n'),
    );
    expect((await client('list')).stdout).toMatch(/scan again: DNS changed none -> 1\.1\.1\.1$/m);
    const again = await client('show', 'phone', '--kept', conf('phone'), '--conf', conf('again'));
    expect(again.code).toBe(0);
    const wanted = readFileSync(conf('phone'), 'utf8').replace('MTU', 'DNS = 1.1.1.1\nMTU');
    expect(readFileSync(conf('again'), 'utf8')).toBe(wanted);
    expect((await client('list')).stdout).toMatch(/^phone .* up to date$/m);
    writeFileSync(file, text);
  });

  it('can’t get in with its old keys after a rekey', async () => {
    const report = await client('rekey', 'phone', '--yes', '--conf', conf('new'));
    expect(report.code).toBe(0);
    await lab.client('phone').up(secret(conf('phone')));
    expect((await lab.client('phone').fetch(PAGE, { timeoutMs: 6_000 })).ok).toBe(false);
    await lab.client('phone').up(secret(conf('new')));
    expect((await lab.client('phone').fetch(PAGE, { timeoutMs: 20_000 })).ok).toBe(true);
  });

  it('leaves nothing for an apply to do', async () => {
    await exec(lab, 'node-a', 'systemctl start ssh');
    const report = await bridgehead(lab, 'apply', '-i', file, '--yes', '--json');
    expect(stops(report)).toEqual([]);
    expect(changesOf(report)).toBe(0);
  });
});

describe('a client that may reach one port of a machine', () => {
  const banner = async (host: string) => {
    const read = `exec 3<>/dev/tcp/${host}/22 && head -c 8 <&3`;
    return (await lab.client('phone').exec(['timeout', '6', 'bash', '-c', read])).stdout;
  };
  const page = async () => (await lab.client('phone').fetch(PAGE, { timeoutMs: 20_000 })).text;
  const apply = () => bridgehead(lab, 'apply', '-i', file, '--yes', '--json');
  const allowed = (words: string) =>
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^( {8}reach:).*$/m, `$1 ${words}`));

  it('reaches that one and no other, without a new configuration', async () => {
    expect(await banner('192.168.1.100')).toMatch(/^SSH-2\.0-/);
    allowed('[lan-1:3000, lan-2]');
    expect((await apply()).code).toBe(0);
    expect((await client('list')).stdout).toMatch(/^phone .* lan-1:3000, lan-2 +up to date$/m);
    expect(await page()).toContain('this is lan-1');
    expect(await banner('192.168.1.100')).toBe('');
    expect((await lab.client('phone').exec(['ping', '-c1', '-W2', '192.168.1.100'])).code).not.toBe(0);
    expect(await banner('192.168.1.101')).toMatch(/^SSH-2\.0-/);
  });

  it('is seen to be limited by the gate, and limited again by an apply', async () => {
    await exec(lab, 'vps', 'nft flush chain inet bridgehead_wg0 ports_ip_phone');
    expect(await banner('192.168.1.100')).toMatch(/^SSH-2\.0-/);
    const checked = await bridgehead(lab, 'check', '-i', file, '--json');
    expect(stops(checked).join('\n')).toContain('forwarding: vps: ');
    expect((await apply()).code).toBe(0);
    expect(await banner('192.168.1.100')).toBe('');
    expect(await page()).toContain('this is lan-1');
    allowed('all');
    expect((await apply()).code).toBe(0);
    expect(await banner('192.168.1.100')).toMatch(/^SSH-2\.0-/);
  });
});

describe('a network that is renumbered', () => {
  it('has its clients scan again, and then lets them in at their new addresses', async () => {
    const report = await bridgehead(lab, 'renumber', 'home', '10.9.0.0/24', '-i', file, '--yes');
    expect([report.code, report.code === 0 ? '' : report.stdout]).toEqual([0, '']);
    expect(report.stdout).toMatch(/^ {2}phone +10\.8\.0\.2 +-> +10\.9\.0\.2 +must scan a new code$/m);
    expect(report.stdout).toContain('1 client must scan a new code, or its tunnel will not work:');
    expect((await lab.client('phone').fetch(PAGE, { timeoutMs: 6_000 })).ok).toBe(false);
    const again = await client('show', 'phone', '--kept', conf('new'), '--conf', conf('renumbered'));
    expect(again.code).toBe(0);
    await lab.client('phone').up(secret(conf('renumbered')));
    expect((await lab.client('phone').fetch(PAGE, { timeoutMs: 20_000 })).text).toContain('this is lan-1');
    const applied = await bridgehead(lab, 'apply', '-i', file, '--yes', '--json');
    expect([stops(applied), changesOf(applied)]).toEqual([[], 0]);
  });
});

describe('a change that the hub doesn’t take', () => {
  it.each([
    ['can’t be reached', 'systemctl stop ssh', 'systemctl start ssh', 4],
    [
      'can’t write',
      'mount --bind -o ro /etc/wireguard /etc/wireguard && mount -o remount,ro,bind /etc/wireguard',
      'umount /etc/wireguard',
      7,
    ],
  ])('leaves the inventory as it was and hands nothing out: it %s', async (_why, breaks, mends, exit) => {
    const before = readFileSync(file, 'utf8');
    await exec(lab, 'vps', breaks);
    const added = await client('add', 'laptop', '--yes', '--conf', conf('laptop'), '--timeout', '5');
    const revoked = await client('revoke', 'phone', '--yes', '--timeout', '5');
    await lab.exec('vps', mends);
    expect([added.code, revoked.code]).toEqual([exit, exit]);
    expect(added.stderr).toContain(
      'The inventory was not changed, and no configuration was shown or written.',
    );
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(existsSync(conf('laptop'))).toBe(false);
    expect((await lab.client('phone').fetch(PAGE, { timeoutMs: 20_000 })).ok).toBe(true);
  });

  it('asks for an apply first if it is not a hub yet', async () => {
    const before = readFileSync(file, 'utf8');
    await exec(lab, 'vps', 'mv /usr/sbin/nft /usr/sbin/nft.away');
    const added = await client('add', 'laptop', '--yes', '--conf', conf('laptop'));
    await lab.exec('vps', 'mv /usr/sbin/nft.away /usr/sbin/nft');
    expect(added.code).toBe(3);
    expect(added.stderr).toContain(
      `vps does not match the inventory yet (phase install), so its clients can't be changed: run bridgehead apply -i ${file}`,
    );
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(existsSync(conf('laptop'))).toBe(false);
  });
});
