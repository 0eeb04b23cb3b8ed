import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
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
import {
  byNetworkd,
  byNetworkManager,
  hasKernelWireguard,
  makeKeyApart,
} from '../support/by-hand/by-others.js';

const quiet = { log: () => undefined };
const PHONE = 'cGhvbmUtcGhvbmUtcGhvbmUtcGhvbmUtcGhvbmUtcGg=';
const LAST = { peer: '1', networkd: '2', manager: '3' } as const;
type NodeName = keyof typeof LAST;
const NODES = Object.keys(LAST) as NodeName[];
const OTHERS = ['networkd', 'manager'] as const;
const FILES = {
  networkd: '/etc/systemd/network/50-wg0.*',
  manager: '/etc/NetworkManager/system-connections/wg0.nmconnection',
} as const;

/** Everything that shows who makes wg0 and how it runs; learned endpoints and counters are left out. */
const WHO = `export LC_ALL=C
ip -o addr show dev wg0 scope global | awk '{ print $4 }'
ip -4 route show dev wg0 | awk '{ print $1 }' | sort
wg showconf wg0 | grep -v Endpoint | sort | sha256sum
systemctl is-active wg-quick@wg0; systemctl is-enabled wg-quick@wg0
grep -h '^ADMIN_STATE=\\|^NETWORK_FILE=' /run/systemd/netif/links/$(cat /sys/class/net/wg0/ifindex)
nmcli -g GENERAL.STATE,GENERAL.CONNECTION device show wg0 2>/dev/null || :
ls /etc/systemd/network /etc/NetworkManager/system-connections /etc/NetworkManager/conf.d 2>/dev/null
ls -A /etc/wireguard`;
const INDEX = 'cat /sys/class/net/wg0/ifindex';

describe.each(['bookworm', 'trixie'])('tunnels of networkd and NetworkManager on Debian %s', (release) => {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-others-'));
  const file = join(folder, 'inventory.yaml');
  let lab: Lab;
  let streams: readonly Stream[];
  const before = new Map<NodeName, string>();

  const on = (node: NodeName, script: string): Promise<string> => exec(lab, node, script);
  const run = (command: string, ...args: string[]): Promise<RunReport> =>
    bridgehead(lab, command, ...args, '-i', file, '--json');
  const planned = (report: RunReport): string[] =>
    ofType(report, 'step-planned').flatMap(({ node, changes }) =>
      changes.map(({ summary }) => `${node}: ${summary}`),
    );
  const errorsOf = (report: RunReport) => ofType(report, 'run-ended')[0]?.errors ?? [];
  const goOn = async (): Promise<void> => {
    for (const stream of streams) await stream.moved();
  };

  beforeAll(async () => {
    const nodes = NODES.map(
      (node) =>
        `  ${node}: { public: 198.51.100.${LAST[node]}, ssh: { user: root }, lab: { release: ${release} } }`,
    );
    const addresses = NODES.map((node) => `${node}: 10.30.0.${LAST[node]}`).join(', ');
    writeFileSync(
      file,
      `name: others-${release}\nnodes:\n${nodes.join('\n')}\nnetworks:\n  net:\n    range: 10.30.0.0/24\n    addresses: { ${addresses} }\n`,
    );
    const inventory = await inventoryAt(file);
    await labDown(inventory, quiet);
    lab = await labUp(inventory, quiet);
    const keys = new Map<NodeName, string>([
      ['peer', await makeKey(lab, 'peer')],
      ['networkd', await makeKeyApart(lab, 'networkd')],
      ['manager', await makeKeyApart(lab, 'manager')],
    ]);
    const handOf = (node: NodeName) => ({
      addresses: [`10.30.0.${LAST[node]}/32`],
      port: 51820,
      peers: [
        ...NODES.filter((other) => other !== node).map((other) => ({
          publicKey: keys.get(other) ?? '',
          allowedIps: `10.30.0.${LAST[other]}/32`,
          endpoint: `198.51.100.${LAST[other]}:51820`,
        })),
        ...(node === 'peer' ? [] : [{ before: '# my phone', publicKey: PHONE, allowedIps: '10.30.0.9/32' }]),
      ],
    });
    await bringUp(lab, 'peer', { ...handOf('peer'), address: '10.30.0.1/32', lines: ['MTU = 1420'] });
    await byNetworkd(lab, 'networkd', handOf('networkd'));
    await byNetworkManager(lab, 'manager', handOf('manager'));
    await Stream.listen(lab, 'peer', 7000);
    streams = await Promise.all(
      OTHERS.map((from) =>
        Stream.start(lab, {
          from,
          to: 'peer',
          target: '10.30.0.1',
          port: 7000,
          address: `10.30.0.${LAST[from]}`,
        }),
      ),
    );
    for (const node of OTHERS) before.set(node, await on(node, WHO));
  });
  afterAll(async () => {
    await labDown(await inventoryAt(file), quiet);
    rmSync(folder, { recursive: true, force: true });
  });

  it('are refused with what wg-quick lacks, by file and line, and nothing is touched', async () => {
    await on(
      'networkd',
      'cd /etc/systemd/network; cp -a 50-wg0.network /root/kept; echo "[RoutingPolicyRule]" >>50-wg0.network',
    );
    const { code, stderr } = await bridgehead(lab, 'adopt', '--yes', '-i', file);
    await on('networkd', 'mv /root/kept /etc/systemd/network/50-wg0.network');
    expect(code).toBe(3);
    expect(stderr).toContain('E_NOT_OURS');
    expect(stderr).toMatch(/\/etc\/systemd\/network\/50-wg0\.network:\d+: \[RoutingPolicyRule\]/);
    for (const node of OTHERS) expect(await on(node, WHO)).toBe(before.get(node));
  });

  it('are compared with the inventory', async () => {
    const shown = await bridgehead(lab, 'adopt', '--show', '-i', file);
    expect(shown.stdout).toContain('networkd (/etc/systemd/network/50-wg0.netdev) -> wg-quick@wg0');
    expect(shown.stdout).toContain('stays, as unmanaged peer my-phone');
    expect(shown.stdout).not.toContain('in the way');
  });

  it('are given to wg-quick, and the first plan has nothing of them', async () => {
    const indexes = await Promise.all(OTHERS.map((node) => on(node, INDEX)));
    const report = await run('adopt', '--yes');
    expect(`${report.code} ${report.stderr} ${JSON.stringify(errorsOf(report))}`).toBe('0  []');
    await goOn();
    expect(await Promise.all(OTHERS.map((node) => on(node, INDEX)))).toEqual(indexes);
    for (const node of OTHERS) {
      expect(await on(node, `ls ${FILES[node]} 2>/dev/null | wc -l`)).toBe('0');
      expect(await on(node, 'systemctl is-active wg-quick@wg0; systemctl is-enabled wg-quick@wg0')).toBe(
        'active\nenabled',
      );
      expect(
        await on(
          node,
          'stat -c %a /etc/wireguard/wg0.key /etc/wireguard/wg0.conf; grep -c PrivateKey /etc/wireguard/wg0.conf || :',
        ),
      ).toBe('600\n600\n0');
    }
    // Kernel settings are the playbook's; of the tunnels, only the file that wg-quick had before is written.
    expect(planned(await run('plan')).filter((change) => !/rp_filter|sysctl/.test(change))).toEqual([
      'peer: write /etc/wireguard/wg0.conf',
    ]);
  });

  it('come back to the programs that made them when that is undone, and streams go on', async () => {
    // Without WireGuard in the kernel, NetworkManager could not make it again.
    const nodes = (await hasKernelWireguard(lab, 'manager')) ? OTHERS : (['networkd'] as const);
    const only = nodes.length === OTHERS.length ? [] : ['--only', nodes.join(',')];
    const report = await run('undo', '--yes', ...only);
    expect(`${report.code} ${report.stderr}`).toBe('0 ');
    await goOn();
    for (const node of nodes) expect(await on(node, WHO)).toBe(before.get(node));
  });

  it('are adopted again and applied, and streams go on', async () => {
    expect((await run('adopt', '--yes')).code).toBe(0);
    const report = await run('apply', '--yes');
    expect({ stops: stops(report), code: report.code }).toEqual({ stops: [], code: 0 });
    await goOn();
    expect(changesOf(await run('plan'))).toBe(0);
  });

  it('are made by wg-quick alone after a reboot', async () => {
    await Promise.all(OTHERS.map((node) => lab.reboot(node)));
    const report = await run('apply', '--yes');
    expect({ stops: stops(report), code: report.code, changes: changesOf(report) }).toEqual({
      stops: [],
      code: 0,
      changes: 0,
    });
    expect(await on('networkd', 'networkctl reload; sleep 1; networkctl status wg0')).toMatch(/unmanaged/);
    expect(await on('manager', 'nmcli connection reload; nmcli -g GENERAL.STATE device show wg0')).toMatch(
      /unmanaged/,
    );
  });
});
