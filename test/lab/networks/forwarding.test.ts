import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { aptInstall } from '../support/apt.js';
import {
  bridgehead,
  changesOf,
  everythingWritten,
  exec,
  inventoryAt,
  ofType,
  type RunReport,
  stops,
} from '../support/bridgehead.js';
import { DOCKER, writeDualHome } from '../support/inventories/dual-home.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-forwarding-'));
const file = writeDualHome(folder, 'forwarding-suite');
const LAN = ['192.168.61.100', 'fda8:a1db:5661::100'] as const;

let inventory: Inventory;
let lab: Lab;

const apply = (...args: string[]): Promise<RunReport> =>
  bridgehead(lab, 'apply', '-i', file, '--yes', '--json', ...args);
/** From the hub, through the gateway, to a machine that runs no WireGuard; by TCP, which UFW doesn't let through unasked. */
const reaches = async (address: string, seconds = 3): Promise<boolean> =>
  (
    await lab.exec('vps', [
      'timeout',
      `${seconds}`,
      'bash',
      '-c',
      `exec 3<>/dev/tcp/${address}/22 && head -c4 <&3`,
    ])
  ).stdout === 'SSH-';
const summaries = (report: RunReport): string[] =>
  ofType(report, 'step-planned').flatMap(({ node, changes }) =>
    changes.map(({ summary }) => `${node}: ${summary}`),
  );

async function expectRepaired(report: RunReport): Promise<void> {
  expect(stops(report)).toEqual([]);
  expect(changesOf(report)).toBeGreaterThan(0);
  for (const address of LAN) expect(`${address} ${await reaches(address, 20)}`).toBe(`${address} true`);
  expect(summaries(await apply())).toEqual([]);
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

it('applies in both families, and changes nothing the second time', async () => {
  await expectRepaired(await apply());
});

describe('what is missing is seen, and repaired', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'one masquerade rule of two',
      'gw',
      `nft delete rule inet bridgehead_wg0 postrouting handle $(nft -a list table inet bridgehead_wg0 | sed -n 's/.* ip6 daddr .* masquerade # handle //p')`,
      /^gw: load table inet bridgehead_wg0: the live table is not the one that was loaded$/,
    ],
    [
      'a rule added by hand',
      'vps',
      'nft insert rule inet bridgehead_wg0 forward drop',
      /the one that was loaded/,
    ],
    ['IPv6 forwarding', 'vps', 'sysctl -q -w net.ipv6.conf.all.forwarding=0', /all\.forwarding is 0$/],
    ['its start at boot', 'gw', 'systemctl disable -q bridgehead-forwarding@wg0', /not loaded at boot$/],
    ['all rules of the machine', 'gw', 'nft flush ruleset', /the table is missing$/],
  ])('%s', async (_what, node, script, change) => {
    await exec(lab, node, script);
    const report = await apply();
    expect(summaries(report)).toEqual([expect.stringMatching(change)]);
    await expectRepaired(report);
  });

  it('not even when nftables.service flushes everything', async () => {
    await exec(lab, 'vps', 'systemctl restart nftables; sleep 2; systemctl reload nftables; sleep 2');
    expect(summaries(await apply())).toEqual([]);
  });
});

describe('UFW on the gateway', () => {
  const added = async (): Promise<string[]> =>
    (await exec(lab, 'gw', 'ufw show added')).split('\n').filter((line) => line.startsWith('ufw route'));

  it('gets the rules that are needed, and no other', async () => {
    await exec(
      lab,
      'gw',
      `${aptInstall('ufw iptables')}; ufw allow 22/tcp; ufw allow 51820/udp; ufw allow in on wg0; ufw --force enable`,
    );
    for (const address of LAN) expect(await reaches(address)).toBe(false);
    await expectRepaired(await apply());
    expect(await added()).toEqual(
      ['192.168.61.0/24', 'fda8:a1db:5661::/64'].map(
        (to) => `ufw route allow in on wg0 to ${to} comment 'bridgehead-wg0'`,
      ),
    );
  });

  it('gets one again that iptables took out', async () => {
    await exec(lab, 'gw', 'iptables -D ufw-user-forward -d 192.168.61.0/24 -i wg0 -j ACCEPT');
    expect(await reaches(LAN[0])).toBe(false);
    await expectRepaired(await apply());
  });

  it('keeps them over a reboot, which needs no apply', async () => {
    await lab.reboot('gw');
    await lab.reboot('vps');
    const checked = await bridgehead(lab, 'check', '-i', file, '--json');
    expect(stops(checked)).toEqual([]);
    for (const address of LAN) expect(await reaches(address, 20)).toBe(true);
    expect(summaries(await apply())).toEqual([]);
  });

  it('loses those that are not needed any more', async () => {
    const fewer = join(folder, 'fewer.yaml');
    writeFileSync(fewer, readFileSync(file, 'utf8').replace(', "fda8:a1db:5661::/64"] } # gw', '] }'));
    expect(stops(await bridgehead(lab, 'apply', '-i', fewer, '--yes', '--json'))).toEqual([]);
    expect(await added()).toEqual(["ufw route allow in on wg0 to 192.168.61.0/24 comment 'bridgehead-wg0'"]);
    await exec(lab, 'gw', 'ufw --force disable; iptables -P FORWARD ACCEPT; ip6tables -P FORWARD ACCEPT');
    await expectRepaired(await apply());
  });
});

describe('Docker on the gateway', () => {
  const own = async (): Promise<string[]> =>
    (await exec(lab, 'gw', 'iptables -S DOCKER-USER'))
      .split('\n')
      .filter((line) => line.includes('bridgehead'));

  it('lets through what is needed, also after a reboot', async () => {
    await exec(lab, 'gw', DOCKER);
    for (const address of LAN) expect(await reaches(address)).toBe(false);
    await expectRepaired(await apply());
    expect(await own()).toHaveLength(2);
    await lab.reboot('gw');
    expect(stops(await bridgehead(lab, 'check', '-i', file, '--json'))).toEqual([]);
    for (const address of LAN) expect(await reaches(address, 20)).toBe(true);
  });

  it.each([
    ['a restart', ':'],
    ['a flush', 'nft flush ruleset'],
    ['its chains were taken away', 'for tool in iptables ip6tables; do $tool -F; $tool -X; done'],
  ])('does so when Docker has made its chains again after %s', async (_what, script) => {
    await exec(lab, 'gw', `${script}; systemctl restart docker`);
    expect(await own()).toHaveLength(2);
    for (const address of LAN) expect(`${address} ${await reaches(address, 20)}`).toBe(`${address} true`);
    expect(summaries(await apply())).toEqual([]);
  });

  it('no longer lets anything through once Docker drops nothing', async () => {
    await exec(
      lab,
      'gw',
      'systemctl disable -q --now docker; for tool in iptables ip6tables; do $tool -P FORWARD ACCEPT; done',
    );
    await expectRepaired(await apply());
    expect(await own()).toEqual([]);
    expect((await lab.exec('gw', 'ls /etc/bridgehead/*.docker-user')).code).not.toBe(0);
  });
});

describe('preshared keys', () => {
  const key = (node: string, peer: string): Promise<string> =>
    exec(lab, node, `cat /etc/wireguard/psk/wg0/${peer}`);

  it('are rotated on both sides while packets pass, and are nowhere else', async () => {
    const before = await key('vps', 'gw');
    expect(await key('gw', 'vps')).toBe(before);
    const spy =
      'for i in $(seq 60); do for p in /proc/[0-9]*; do cat $p/cmdline $p/environ 2>/dev/null; done; done | tr "\\0" "\\n"';
    const [spied, pinged, report] = await Promise.all([
      Promise.all(['vps', 'gw'].map((node) => exec(lab, node, spy))),
      lab.exec('vps', ['ping', '-i', '0.2', '-c', '40', '10.9.0.2']),
      bridgehead(lab, 'rotate', 'psk', '-i', file, '--yes', '--json'),
    ]);
    expect(stops(report)).toEqual([]);
    expect(summaries(report).sort()).toEqual([
      'gw: set peer vps: preshared key -> that of its file',
      'gw: write a new preshared key for vps',
      'vps: set peer gw: preshared key -> that of its file',
      'vps: write a new preshared key for gw',
    ]);
    expect(pinged.stdout).toContain(' 0% packet loss');
    const after = await key('vps', 'gw');
    expect(after).not.toBe(before);
    expect(await key('gw', 'vps')).toBe(after);
    for (const secret of [before, after]) {
      expect(spied.join()).not.toContain(secret);
      expect(everythingWritten(lab)).not.toContain(secret);
      expect(report.stdout + report.stderr).not.toContain(secret);
    }
    await exec(lab, 'gw', 'systemctl restart wg-quick@wg0; ping -c 3 -W 5 10.9.0.1');
    expect(summaries(await apply())).toEqual([]);
  });

  it('are made again if one side lost its own, and never on one side only', async () => {
    await exec(lab, 'gw', 'rm /etc/wireguard/psk/wg0/vps');
    const alone = await apply('--only', 'gw');
    expect(alone.code).toBe(7);
    expect(ofType(alone, 'run-ended')[0]?.errors[0]?.fix).toContain('--only');
    await expectRepaired(await apply());
    expect(await key('gw', 'vps')).toBe(await key('vps', 'gw'));
  });
});

it('removes everything from a node that passes nothing on any more', async () => {
  const spoke = join(folder, 'spoke.yaml');
  writeFileSync(spoke, readFileSync(file, 'utf8').replace(/^ {4}advertise:\n.*\n/m, ''));
  const report = await bridgehead(lab, 'apply', '-i', spoke, '--yes', '--json');
  expect(stops(report)).toEqual([]);
  expect(
    await exec(
      lab,
      'gw',
      'nft list tables | grep bridgehead; ls -A /etc/bridgehead; ls /etc/sysctl.d/*forwarding* 2>/dev/null; ls /etc/systemd/system | grep -e bridgehead-[fd] || true',
    ),
  ).toBe('');
  expect(summaries(await bridgehead(lab, 'apply', '-i', spoke, '--yes', '--json'))).toEqual([]);
});
