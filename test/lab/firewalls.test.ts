import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { rehearsalInventory } from '../../src/cli/rehearsal-inventory.js';
import type { Inventory } from '../../src/inventory/types.js';
import {
  type ClientKey,
  connectClients,
  type Lab,
  labDown,
  labUp,
  makeClientKeys,
} from '../../src/lab/index.js';
import { bridgehead, changesOf, exec, inventoryAt, stops } from './support/bridgehead.js';
import { writePhoneHome } from './support/phone-home.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-firewalls-'));

let inventory: Inventory;
let lab: Lab;
let file: string;
let keys: readonly ClientKey[];

const apply = () => bridgehead(lab, 'apply', '-i', file, '--yes', '--json');
const check = () => bridgehead(lab, 'check', '-i', file, '--json');
/** What the tablet, which may reach lan-1 alone, gets to see. */
const reaches = async (address: string, timeoutMs = 3_000): Promise<boolean> =>
  (await lab.client('tablet').fetch(`http://${address}:3000`, { timeoutMs })).ok;
const ALLOWED = '192.168.1.100';
const FORBIDDEN = '192.168.1.101';

beforeAll(async () => {
  inventory = await inventoryAt(writePhoneHome(folder, 'firewalls-suite'));
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  keys = makeClientKeys(inventory);
  ({ file } = await rehearsalInventory(inventory.file, lab.home, keys));
  expect(stops(await apply())).toEqual([]);
  await connectClients(lab, inventory, keys);
}, 300_000);
afterAll(async () => {
  await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

jest.setTimeout(240_000);

describe('whoever wipes our rules', () => {
  const whole = async (): Promise<void> => {
    expect(await reaches(ALLOWED, 15_000)).toBe(true);
    expect(await reaches(FORBIDDEN)).toBe(false);
    expect(changesOf(await apply())).toBe(0);
  };

  it.each([
    ['the first start of nftables.service', 'systemctl stop nftables; systemctl start nftables'],
    ['its reload', 'systemctl reload nftables'],
    ['its restart', 'systemctl restart nftables'],
    ['its stop', 'systemctl stop nftables'],
    ['a restart of systemd-networkd', 'systemctl restart systemd-networkd'],
  ])('is followed at once: %s', async (_what, script) => {
    await exec(lab, 'vps', script);
    await whole();
  });

  it('opens nothing to clients, by hand either, and is named', async () => {
    await exec(lab, 'vps', 'sleep 3; nft flush ruleset');
    expect(await reaches(FORBIDDEN)).toBe(false);
    expect(stops(await check()).join('\n')).toMatch(
      /forwarding: vps: no such table; it was loaded at \S+ \S+ UTC, and no unit .* by hand/,
    );
    expect(stops(await apply())).toEqual([]);
    await whole();
  });

  it('is named when it is a unit that we could not follow', async () => {
    await exec(
      lab,
      'vps',
      'rm /etc/systemd/system/nftables.service.d/50-bridgehead.conf; systemctl daemon-reload; sleep 3; systemctl restart nftables',
    );
    expect(stops(await check()).join('\n')).toMatch(
      /forwarding: vps: no such table; it was loaded at \S+ \S+ UTC, and nftables\.service was started, stopped or reloaded at/,
    );
    expect(stops(await apply())).toEqual([]);
    await whole();
  });

  it('is heard out: UFW’s own settings let the hub pass packets on after a reload', async () => {
    await exec(
      lab,
      'vps',
      `apt-get install -qq -y --no-install-recommends ufw iptables >/dev/null 2>&1
ufw allow 22/tcp; ufw allow 51820/udp; ufw allow in on wg0
echo net/ipv4/ip_forward=0 >>/etc/ufw/sysctl.conf; ufw --force enable`,
    );
    expect(await reaches(ALLOWED)).toBe(false);
    expect(stops(await apply())).toEqual([]);
    await exec(lab, 'vps', 'ufw reload; systemctl restart ufw; ufw reload');
    await whole();
    await exec(lab, 'vps', 'ufw --force disable');
    expect(stops(await apply())).toEqual([]);
  });
});
