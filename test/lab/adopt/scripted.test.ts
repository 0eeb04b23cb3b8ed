import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { bringUp, makeKey, Stream } from '../support/by-hand/by-hand.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-adopt-'));
const file = join(folder, 'inventory.yaml');
const INVENTORY = `# ours
name: adopt-suite
defaults: { ssh: { user: root } }
nodes:
  vps: { public: 198.51.100.61 } # rented
  spoke: { public: 198.51.100.62 }
  # Stands for a phone: not in the network.
  device: { public: 198.51.100.63 }
  pi: { public: 198.51.100.64 }
networks:
  # PiVPN's
  road:
    shape: hub
    hub: pi
    range: 10.6.0.0/24
    addresses: { pi: 10.6.0.1 }
  home:
    shape: hub
    hub: vps
    range: [10.66.66.0/24, "fd42:42:42::/64"]
    addresses:
      vps: [10.66.66.1, "fd42:42:42::1"]
      spoke: [10.66.66.3, "fd42:42:42::3"]
`;
const HUB = '198.51.100.61:51820';
const PI = '198.51.100.64:51820';

let inventory: Inventory;
let lab: Lab;
let keys: Readonly<Record<'vps' | 'spoke' | 'device' | 'pi' | 'laptop', string>>;
let streams: readonly Stream[];

const run = (command: string, ...args: string[]): Promise<RunReport> =>
  bridgehead(lab, command, ...args, '-i', file, '--json');
const on = (node: string, script: string): Promise<string> => exec(lab, node, script);
const errorsOf = (report: RunReport) => ofType(report, 'run-ended')[0]?.errors ?? [];
const summaries = (report: RunReport): string[] =>
  ofType(report, 'step-planned').flatMap(({ node, changes }) =>
    changes.map(({ summary, disruption }) => `${node}: ${summary} [${disruption.level}]`),
  );
const RULES = 'iptables -S; iptables -t nat -S; ip6tables -S; ip6tables -t nat -S';

/** A tunnel to somewhere else that shares the interface. */
const OFFICE = {
  comment: '# Office',
  publicKey: 'b2ZmaWNlb2ZmaWNlb2ZmaWNlb2ZmaWNlb2ZmaWNlb2Y=',
  allowedIps: '10.77.0.0/24',
  endpoint: '198.51.100.200:51000',
};

/** As PiVPN leaves it: its rules are in iptables' own file, and its clients between marks. */
async function setUpPi(): Promise<void> {
  const shared = await on('pi', 'wg genpsk');
  const rule = '-A POSTROUTING -s 10.6.0.0/24 -o host0 -j MASQUERADE';
  await on(
    'pi',
    `mkdir -p /etc/pivpn/wireguard; : >/etc/pivpn/wireguard/setupVars.conf; iptables -t nat ${rule} -m comment --comment wireguard-nat-rule
echo net.ipv4.ip_forward=1 >/etc/sysctl.d/99-pivpn.conf; sysctl -q -p /etc/sysctl.d/99-pivpn.conf`,
  );
  await bringUp(lab, 'pi', {
    address: '10.6.0.1/24',
    port: 51820,
    lines: ['MTU = 1420'],
    peers: [
      {
        before: '### begin laptop ###',
        publicKey: keys.laptop,
        presharedKey: shared,
        allowedIps: '10.6.0.2/32',
      },
    ],
  });
  const peer = {
    publicKey: keys.pi,
    presharedKey: shared,
    allowedIps: '10.6.0.0/24',
    endpoint: PI,
    keepalive: 25,
  };
  await bringUp(lab, 'device', { address: '10.6.0.2/24', peers: [peer] }, 'wg1');
}

/** The hub as angristan's script leaves it; a spoke whose file would be overwritten at shutdown; a device. */
async function setUp(): Promise<void> {
  const names = ['vps', 'spoke', 'device', 'pi'] as const;
  const [vps, spoke, device, pi] = await Promise.all(names.map((node) => makeKey(lab, node)));
  const laptop = await makeKey(lab, 'device', 'wg1');
  keys = { vps, spoke, device, pi, laptop } as typeof keys;
  const [spokes, devices] = await Promise.all([on('vps', 'wg genpsk'), on('vps', 'wg genpsk')]);
  await bringUp(lab, 'vps', {
    address: '10.66.66.1/24,fd42:42:42::1/64',
    port: 51820,
    lines: [
      'PostUp = iptables -I INPUT -p udp --dport 51820 -j ACCEPT',
      ...['iptables', 'ip6tables'].flatMap((tool) => [
        `PostUp = ${tool} -I FORWARD -i host0 -o wg0 -j ACCEPT`,
        `PostUp = ${tool} -I FORWARD -i wg0 -j ACCEPT`,
        `PostUp = ${tool} -t nat -A POSTROUTING -o host0 -j MASQUERADE`,
        `PostDown = ${tool} -D FORWARD -i wg0 -j ACCEPT`,
      ]),
    ],
    peers: [
      {
        before: '### Client phone',
        publicKey: keys.device,
        presharedKey: devices,
        allowedIps: '10.66.66.2/32,fd42:42:42::2/128',
      },
      {
        before: '### Client spoke',
        publicKey: keys.spoke,
        presharedKey: spokes,
        allowedIps: '10.66.66.3/32,fd42:42:42::3/128',
      },
    ],
  });
  await on(
    'vps',
    "printf 'SERVER_PUB_NIC=host0\\nSERVER_WG_NIC=wg0\\n' >/etc/wireguard/params; printf 'net.ipv4.ip_forward = 1\\nnet.ipv6.conf.all.forwarding = 1\\n' >/etc/sysctl.d/wg.conf; sysctl -q -p /etc/sysctl.d/wg.conf",
  );
  const hub = {
    publicKey: keys.vps,
    allowedIps: '10.66.66.0/24,fd42:42:42::/64',
    endpoint: HUB,
    keepalive: 25,
  };
  await bringUp(lab, 'spoke', {
    address: '10.66.66.3/24,fd42:42:42::3/64',
    lines: ['SaveConfig = true'],
    peers: [{ ...hub, presharedKey: spokes }, OFFICE],
  });
  await setUpPi();
  await bringUp(lab, 'device', {
    address: '10.66.66.2/32,fd42:42:42::2/128',
    peers: [{ ...hub, presharedKey: devices }],
  });
}

beforeAll(async () => {
  writeFileSync(file, INVENTORY);
  inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  await setUp();
  await Stream.listen(lab, 'vps', 7000);
  const way = { to: 'vps', target: '10.66.66.1', port: 7000 };
  await Stream.listen(lab, 'pi', 7000);
  streams = [
    await Stream.start(lab, {
      from: 'device',
      to: 'pi',
      target: '10.6.0.1',
      port: 7000,
      address: '10.6.0.2',
    }),
    await Stream.start(lab, { ...way, from: 'spoke', address: '10.66.66.3' }),
    await Stream.start(lab, { ...way, from: 'device', address: '10.66.66.2' }),
  ];
});
afterAll(async () => {
  await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

const moved = () => Promise.all(streams.map((stream) => stream.moved()));

describe('tunnels that were made by hand', () => {
  it('are refused by apply, which names the command that takes them over', async () => {
    const report = await run('apply', '--yes');
    expect(report.code).toBe(3);
    expect(errorsOf(report)).toContainEqual(
      expect.objectContaining({
        code: 'E_NOT_OURS',
        node: 'vps',
        fix: '`bridgehead adopt vps` compares it with the inventory and takes it over; or give network home another interface',
      }),
    );
    expect(await on('vps', 'ls -A /etc/wireguard')).not.toContain('.bridgehead');
  });

  it('are compared with the inventory, and nothing is changed', async () => {
    const before = await on('vps', 'cat /etc/wireguard/wg0.conf');
    const report = await bridgehead(lab, 'adopt', '--show', '-i', file, '--no-color');
    expect(`${report.code} ${report.stderr}`).toBe('0 ');
    expect(report.stdout).toContain('wg0 on vps, for network home');
    expect(report.stdout).toMatch(/same +made by +wg-quick@wg0, set up by angristan's script$/m);
    expect(report.stdout).toMatch(/only there +peer phone .*: becomes client phone$/m);
    expect(report.stdout).toMatch(/same +made by +wg-quick@wg0, set up by PiVPN$/m);
    expect(report.stdout).toMatch(/only there +peer office .*: stays, as unmanaged peer office$/m);
    expect(report.stdout).toMatch(/only there +SaveConfig +true: removed/);
    expect(await on('vps', 'cat /etc/wireguard/wg0.conf')).toBe(before);
    expect(readFileSync(file, 'utf8')).toBe(INVENTORY);
  });

  it('are taken over with their keys and peers, and no stream ends', async () => {
    const report = await run('adopt', '--yes');
    expect(`${report.code} ${report.stderr}`).toBe('0 ');
    await moved();
    const text = readFileSync(file, 'utf8');
    for (const kept of ['# ours', '# rented', '# Stands for a phone']) expect(text).toContain(kept);
    const [road, home] = (await inventoryAt(file)).networks;
    expect(road).toMatchObject({
      internet: true,
      presharedKeys: true,
      clients: [{ name: 'laptop', publicKey: keys.laptop, tunnel: 'full' }],
    });
    expect(home?.unmanaged).toMatchObject([
      {
        name: 'office',
        on: ['spoke'],
        allowedIps: ['10.77.0.0/24'],
        endpoint: { host: '198.51.100.200', port: 51000 },
      },
    ]);
    expect(home).toMatchObject({
      internet: true,
      presharedKeys: true,
      clients: [
        { name: 'phone', publicKey: keys.device, tunnel: 'full', addresses: ['10.66.66.2', 'fd42:42:42::2'] },
      ],
    });
    expect(await on('vps', 'wg pubkey </etc/wireguard/wg0.key')).toBe(keys.vps);
    expect(await on('spoke', 'grep -c SaveConfig /etc/wireguard/wg0.conf || :')).toBe('0');
    const secrets = await on('vps', 'cat /etc/wireguard/wg0.key /etc/wireguard/psk/wg0/*');
    for (const secret of secrets.split('\n')) expect(report.stdout + text).not.toContain(secret);
  });

  it('are taken over once', async () => {
    const report = await run('adopt', '--yes');
    expect(report.code).toBe(0);
    expect(report.stdout).toContain('"adoptions":[]');
  });

  it('are changed in place by the first apply, and no stream ends', async () => {
    const plan = summaries(await run('plan'));
    // The spoke had no ListenPort.
    expect(plan.filter((line) => !line.endsWith('[none]'))).toEqual([
      expect.stringMatching(/^spoke: move wg0 from UDP port \d+ to 51820 \[brief\]$/),
    ]);
    expect(plan.filter((line) => /(add|remove) peer|private key|preshared/.test(line))).toEqual([]);
    const report = await run('apply', '--yes');
    expect({ errors: errorsOf(report), stops: stops(report), code: report.code }).toEqual({
      errors: [],
      stops: [],
      code: 0,
    });
    await moved();
    expect(await on('spoke', 'wg show wg0 endpoints')).toContain(`${OFFICE.publicKey}\t${OFFICE.endpoint}`);
    expect(await on('pi', 'iptables -t nat -S')).toContain('wireguard-nat-rule');
    expect(await on('vps', RULES)).not.toMatch(/wg0|51820|MASQUERADE/);
    expect(await on('vps', 'cat /etc/wireguard/wg0.conf')).not.toMatch(/PrivateKey|PostUp = iptables/);
    expect(changesOf(await run('plan'))).toBe(0);
  });

  it('are there after a reboot', async () => {
    await Promise.all(['vps', 'spoke', 'pi'].map((node) => lab.reboot(node)));
    const report = await run('check');
    expect({ stops: stops(report), code: report.code }).toEqual({ stops: [], code: 0 });
    for (const hub of ['10.66.66.1', '10.6.0.1']) {
      const reach = `for i in $(seq 40); do ! ping -c 1 -W 1 ${hub} >/dev/null || { echo yes; break; }; done`;
      expect(await on('device', reach)).toBe('yes');
    }
  });
});
