import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearsalInventory } from '../../../src/app/rehearse/inventory.js';
import { Secret } from '../../../src/core/secret.js';
import {
  type ClientKey,
  connectClients,
  type Lab,
  labDown,
  labUp,
  makeClientKeys,
  type Visited,
  visitAll,
} from '../../../src/lab/index.js';
import { clientConfig } from '../../../src/layers/wireguard/overlay/client-config.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { aptInstall } from '../support/apt.js';
import { bridgehead, changesOf, exec, inventoryAt, stops } from '../support/bridgehead.js';
import { DOCKER, sessions, writePhoneHome } from '../support/inventories/phone-home.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-phone-'));

let inventory: Inventory;
let lab: Lab;
let file: string;
let keys: readonly ClientKey[];

const apply = (...args: string[]) => bridgehead(lab, 'apply', '-i', file, '--yes', '--json', ...args);
const check = (...args: string[]) => bridgehead(lab, 'check', '-i', file, '--json', ...args);
const wrong = (visited: readonly Visited[]) =>
  visited.filter(({ go }) => !go).map(({ client, url, seen }) => `${client} ${url}: ${seen}`);
const page = (client: string, address: string, timeoutMs = 20_000) =>
  lab.client(client).fetch(`http://${address}`, { timeoutMs });

beforeAll(async () => {
  inventory = await inventoryAt(writePhoneHome(folder, 'phone-home-suite'));
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  keys = makeClientKeys(inventory);
  ({ file } = await rehearsalInventory(inventory.file, lab.home, { clients: keys }));
});
afterAll(async () => {
  await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

describe('from an inventory to a page on the phone', () => {
  it('applies, and every gate is GO', async () => {
    const report = await apply();
    expect(stops(report)).toEqual([]);
    expect(report.code).toBe(0);
  });

  it('lets each client fetch what it may, by the way that it should take, and nothing else', async () => {
    await connectClients(lab, inventory, keys);
    const visited = await visitAll(lab, inventory);
    expect(wrong(visited)).toEqual([]);
    const report = visited.map(({ client, of, through, from }) =>
      [client, of, through.join('>'), from ?? 'closed'].join(' '),
    );
    expect(report.sort()).toEqual([
      'notebook lan-1 vps>node-a 192.168.1.10',
      'notebook lan-2 vps>node-a 192.168.1.10',
      'notebook node-a vps 10.8.0.5',
      'notebook the internet vps 198.51.100.8',
      'phone lan-1 vps>node-a 192.168.1.10',
      'phone lan-2 vps>node-a 192.168.1.10',
      'phone node-a vps 10.8.0.2',
      'phone the internet  100.65.0.1',
      'tablet lan-1 vps>node-a 192.168.1.10',
      'tablet lan-2 vps>node-a closed',
      'tablet node-a vps closed',
      'tablet the internet  100.65.0.2',
    ]);
    const { stdout } = await lab.client('notebook').exec('cat /etc/resolv.conf');
    expect(stdout).toContain('nameserver 1.1.1.1');
  });

  it('leaves the LAN machines as they were', async () => {
    for (const node of ['lan-1', 'lan-2']) {
      expect((await lab.exec(node, 'command -v wg')).code).not.toBe(0);
      expect(
        await exec(lab, node, 'cat /proc/sys/net/ipv4/ip_forward; ls /etc/bridgehead 2>/dev/null || true'),
      ).toBe('0');
    }
  });

  it('changes nothing the second time', async () => {
    const report = await apply();
    expect(stops(report)).toEqual([]);
    expect(changesOf(report)).toBe(0);
  });
});

describe('a hop that is broken', () => {
  it.each<[string, string, string]>([
    ['the masquerade table deleted', 'node-a', 'nft delete table inet bridgehead_wg0'],
    ['forwarding off', 'node-a', 'sysctl -q -w net.ipv4.ip_forward=0'],
    ["Docker's FORWARD DROP", 'node-a', DOCKER],
    ['the table deleted', 'vps', 'nft delete table inet bridgehead_wg0'],
    ['forwarding off', 'vps', 'sysctl -q -w net.ipv4.ip_forward=0'],
  ])('is named, and repaired: %s on %s', async (_what, node, script) => {
    expect((await page('phone', '192.168.1.100:3000')).ok).toBe(true);
    await exec(lab, node, script);
    const during = await page('phone', '192.168.1.100:3000', 3_000);
    const checked = await check();
    const applied = await apply();
    const later = await page('phone', '192.168.1.100:3000');
    const again = await apply();

    expect(during.ok).toBe(false);
    expect(checked.code).toBe(3);
    expect(stops(checked).join('\n')).toContain(`forwarding: ${node}: `);
    expect(stops(applied)).toEqual([]);
    expect(`${applied.code} ${applied.stderr}`).toBe('0 ');
    expect(changesOf(applied)).toBeGreaterThan(0);
    expect(later.text).toContain('you came from 192.168.1.10');
    expect(changesOf(again)).toBe(0);
  });
});

describe('a client that widens its AllowedIPs', () => {
  it('still reaches only what the inventory allows', async () => {
    const [network] = inventory.networks;
    const key = keys.find(({ client }) => client === 'tablet');
    if (network === undefined || key === undefined) throw new Error('no tablet');
    const hubPublicKey = await exec(lab, 'vps', 'wg show wg0 public-key');
    const own = clientConfig(inventory, network, 'tablet', { privateKey: key.privateKey, hubPublicKey });
    const wide = own.reveal().replace(/^AllowedIPs = .*$/m, 'AllowedIPs = 0.0.0.0/0');
    await lab.client('tablet').up(new Secret(wide));
    expect((await page('tablet', '192.168.1.100:3000', 20_000)).text).toContain('this is lan-1');
    for (const closed of ['192.168.1.101:3000', '192.168.1.10:3000', '10.8.0.3:3000', '198.18.0.80']) {
      expect(`${closed} ${(await page('tablet', closed, 3_000)).ok}`).toBe(`${closed} false`);
    }
    const ping = (address: string) => lab.client('tablet').exec(['ping', '-c1', '-W2', address]);
    expect((await ping('10.8.0.2')).code).not.toBe(0);
    expect((await ping('192.168.1.100')).code).toBe(0);
  });

  it("may not speak with another's address", async () => {
    const send =
      'ip address add 10.8.0.2/32 dev wg0; curl -sS --interface 10.8.0.2 --max-time 3 http://192.168.1.101:3000';
    expect((await lab.client('tablet').exec(send)).code).not.toBe(0);
  });
});

describe('a client revoked', () => {
  it('cannot shake hands any more, its address is free, and no other session is cut', async () => {
    expect((await page('phone', '192.168.1.100:3000')).ok).toBe(true);
    const keyOf = (name: string) => keys.find(({ client }) => client === name)?.publicKey ?? '';
    const identity =
      'cat /sys/class/net/wg0/ifindex; systemctl show -p ActiveEnterTimestampMonotonic wg-quick@wg0';
    const [before, unit] = [await sessions(lab, 'vps'), await exec(lab, 'vps', identity)];
    expect([...before.keys()]).toContain(keyOf('tablet'));

    const report = await bridgehead(lab, 'client', 'revoke', 'tablet', '-i', file, '--yes');
    expect(report.stderr).toBe('');
    expect(report.code).toBe(0);
    expect((await inventoryAt(file)).networks[0]?.clients.map(({ name }) => name)).toEqual([
      'phone',
      'notebook',
    ]);

    expect((await page('phone', '192.168.1.100:3000')).ok).toBe(true);
    const after = await sessions(lab, 'vps');
    expect([...after.keys()]).not.toContain(keyOf('tablet'));
    expect(await exec(lab, 'vps', identity)).toBe(unit);
    for (const name of ['phone', 'notebook']) {
      const [then, now] = [before.get(keyOf(name)), after.get(keyOf(name))];
      expect(then?.handshake).toBeGreaterThan(0);
      expect(now?.handshake).toBeGreaterThanOrEqual(then?.handshake ?? Infinity);
      expect(now?.received).toBeGreaterThanOrEqual(then?.received ?? Infinity);
      expect(now?.sent).toBeGreaterThanOrEqual(then?.sent ?? Infinity);
    }
    expect(after.get(keyOf('phone'))?.sent).toBeGreaterThan(before.get(keyOf('phone'))?.sent ?? Infinity);

    const again =
      'systemctl restart wg-quick@wg0; ping -c 8 -W 1 192.168.1.100 >/dev/null; wg show wg0 latest-handshakes';
    expect((await lab.client('tablet').exec(again)).stdout.trim()).toMatch(/\t0$/);
  });

  it('leaves its address to another, whose QR code is its config and whose config wg-quick takes', async () => {
    const [conf, png] = [join(lab.home, 'visitor.conf'), join(lab.home, 'visitor.png')];
    const report = await bridgehead(
      lab,
      'client',
      'add',
      'visitor',
      '-i',
      file,
      '--address',
      '10.8.0.4',
      '--conf',
      conf,
      '--png',
      png,
      '--yes',
    );
    expect(report.stderr).toBe('');
    expect(report.code).toBe(0);
    const config = readFileSync(conf, 'utf8');
    const device = lab.client('tablet');
    await exec(lab, 'phone', aptInstall('zbar-tools'));
    const decoded = await lab
      .client('phone')
      .exec('base64 -d >/tmp/qr.png && zbarimg --quiet --raw --oneshot /tmp/qr.png', {
        input: readFileSync(png).toString('base64'),
      });
    expect(decoded.stdout.trimEnd()).toBe(config.trimEnd());

    await device.up(new Secret(config));
    expect((await page('tablet', '192.168.1.101:3000', 20_000)).text).toContain('this is lan-2');
    const applied = await apply();
    expect(stops(applied)).toEqual([]);
    expect(changesOf(applied)).toBe(0);
  });
});

describe('a reboot of hub and gateway', () => {
  it('leaves everything as it was, without an apply', async () => {
    await Promise.all(['vps', 'node-a'].map((node) => lab.reboot(node)));
    const report = await check();
    expect(stops(report)).toEqual([]);
    expect(report.code).toBe(0);
    expect((await page('phone', '192.168.1.100:3000', 60_000)).text).toContain('you came from 192.168.1.10');
  });
});
