import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearsalInventory } from '../../../src/app/rehearse/inventory.js';
import {
  type ClientKey,
  connectClients,
  type Lab,
  labDown,
  labUp,
  makeClientKeys,
} from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { aptInstall } from '../support/apt.js';
import { bridgehead, changesOf, exec, inventoryAt, ofType, stops } from '../support/bridgehead.js';
import { writePhoneHome } from '../support/inventories/phone-home.js';

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
  ({ file } = await rehearsalInventory(inventory.file, lab.home, { clients: keys }));
  expect(stops(await apply())).toEqual([]);
  await connectClients(lab, inventory, keys);
});
afterAll(async () => {
  await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

/** What Oracle's images bring: policies that accept, and a last rule that rejects. */
const ORACLE = `command -v iptables >/dev/null || ${aptInstall('iptables')}
iptables -N InstanceServices
iptables -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
iptables -A INPUT -p icmp -j ACCEPT
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
iptables -A INPUT -j REJECT --reject-with icmp-host-prohibited
iptables -A OUTPUT -d 169.254.0.0/16 -j InstanceServices`;

describe('an image that rejects everything by its last rule', () => {
  it('is stopped at before anything is changed, by its rule, and the fix helps', async () => {
    await exec(lab, 'vps', ORACLE);
    const report = await apply();
    expect(stops(report)).toEqual([
      "pristine: vps: Oracle's image: table ip filter, chain INPUT, rule 5: reject with icmp type host-prohibited",
    ]);
    expect(changesOf(report)).toBe(0);
    const fix = ofType(report, 'gate-ended').flatMap(({ findings }) =>
      findings.flatMap((one) => one.fix ?? []),
    );
    expect(fix[0]).toMatch(
      /^`iptables -I INPUT 5 -p udp --dport 51820 -j ACCEPT` on vps, before rule 5 of INPUT/,
    );
    await exec(lab, 'vps', /`(.*?)`/.exec(fix[0] ?? '')?.[1] ?? 'false');
    expect(stops(await apply()).filter((stop) => stop.startsWith('pristine'))).toEqual([]);
    await exec(lab, 'vps', 'iptables -F; iptables -X');
  });
});

describe('whatever removes our rules', () => {
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
      `${aptInstall('ufw iptables')}
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
