import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-guide-'));
const machines = join(folder, 'machines.yaml');
const file = join(folder, 'inventory.yaml');

/** What the guide has people write: address of each, and of its peers AllowedIPs, Endpoint and keepalive. */
const GUIDE: Readonly<Record<string, readonly [address: string, peers: readonly string[]]>> = {
  'ctb-edge-1': [
    '172.27.15.31/32',
    [
      'wk-1 172.27.15.11/32 203.0.113.10:51820',
      'ms-1 172.27.15.12/32 203.0.113.10:51821',
      'wk-2 172.27.15.13/32 203.0.113.10:51822',
    ],
  ],
  'ms-1': [
    '172.27.15.12/32',
    [
      'ctb-edge-1 172.27.15.31/32 198.51.100.25:51820 25',
      'wk-1 172.27.15.11/32 192.168.15.3:51820',
      'wk-2 172.27.15.13/32 192.168.15.4:51820',
    ],
  ],
  'wk-1': [
    '172.27.15.11/32',
    [
      'ctb-edge-1 172.27.15.31/32 198.51.100.25:51820 25',
      'ms-1 172.27.15.12/32 192.168.15.2:51820',
      'wk-2 172.27.15.13/32 192.168.15.4:51820',
    ],
  ],
  'wk-2': [
    '172.27.15.13/32',
    [
      'ctb-edge-1 172.27.15.31/32 198.51.100.25:51820 25',
      'ms-1 172.27.15.12/32 192.168.15.2:51820',
      'wk-1 172.27.15.11/32 192.168.15.3:51820',
    ],
  ],
};
const NODES = Object.keys(GUIDE);

let lab: Lab;
let keys: ReadonlyMap<string, string>;
let stream: Stream;

const on = (node: string, script: string): Promise<string> => exec(lab, node, script);
const run = (command: string, ...args: string[]): Promise<RunReport> =>
  bridgehead(lab, command, ...args, '-i', file, '--json');
const summaries = (report: RunReport): string[] =>
  ofType(report, 'step-planned').flatMap(({ node, changes }) =>
    changes.map(({ summary }) => `${node}: ${summary}`),
  );

async function setUp(node: string): Promise<void> {
  const [address = '', peers = []] = GUIDE[node] ?? [];
  await bringUp(lab, node, {
    address,
    port: 51820,
    lines: ['MTU = 1420', 'SaveConfig = false'],
    peers: peers.map((peer) => {
      const [name = '', allowedIps = '', endpoint = '', keepalive] = peer.split(' ');
      const wanted = keepalive === undefined ? {} : { keepalive: Number(keepalive) };
      return {
        comment: `# ${name} (${endpoint})`,
        publicKey: keys.get(name) ?? '',
        allowedIps,
        endpoint,
        ...wanted,
      };
    }),
  });
  await on(
    node,
    "printf 'net.ipv4.conf.all.rp_filter=2\\nnet.ipv4.conf.default.rp_filter=2\\n' >/etc/sysctl.d/99-wireguard.conf; sysctl -q -p /etc/sysctl.d/99-wireguard.conf",
  );
}

beforeAll(async () => {
  const text = readFileSync('inventory/home-mesh.yaml', 'utf8')
    .replace(/^name: .*/m, 'name: guide-suite')
    .replaceAll(/ssh: \{ user: .*\}/g, 'ssh: { user: root }');
  writeFileSync(machines, text);
  const inventory = await inventoryAt(machines);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  keys = new Map(await Promise.all(NODES.map(async (node) => [node, await makeKey(lab, node)] as const)));
  await Promise.all(
    NODES.map((node) => on(node, 'cp -p /etc/wireguard/wg0_private.key /etc/wireguard/wg0.key')),
  );
  await Promise.all(NODES.map(setUp));
  await Stream.listen(lab, 'ms-1', 7000);
  stream = await Stream.start(lab, {
    from: 'ctb-edge-1',
    to: 'ms-1',
    target: '172.27.15.12',
    port: 7000,
    address: '172.27.15.31',
  });
});
afterAll(async () => {
  await labDown(await inventoryAt(machines), quiet);
  rmSync(folder, { recursive: true, force: true });
});

describe('a mesh set up by hand from the guide', () => {
  it('is imported from its configurations', async () => {
    const sources = await Promise.all(
      NODES.map(async (node) => {
        const conf = join(folder, `${node}.conf`);
        writeFileSync(
          conf,
          `${await on(node, 'sed "s/^PrivateKey.*/PrivateKey = hidden/" /etc/wireguard/wg0.conf')}\n`,
        );
        return `${node}=${conf}`;
      }),
    );
    const login = join(folder, 'config');
    writeFileSync(login, `Host ${NODES.join(' ')}\n  User root\n`);
    const report = await bridgehead(lab, 'import', ...sources, login, '--name', 'guide', '-o', file);
    expect(`${report.code} ${report.code === 0 ? '' : report.stderr}`).toBe('0 ');
    const { nodes, networks } = await inventoryAt(file);
    expect(nodes.map(({ name }) => name).sort()).toEqual([...NODES].sort());
    expect(networks).toMatchObject([{ interface: 'wg0', port: 51820, shape: 'mesh' }]);
  });

  it('is what the inventory wants, line by line', async () => {
    const report = await run('adopt', '--show');
    const { adoptions } = JSON.parse(report.stdout) as {
      adoptions: { node: string; rows: { what: string; verdict: string }[]; obstacles: unknown[] }[];
    };
    expect(adoptions.map(({ node }) => node).sort()).toEqual([...NODES].sort());
    for (const { rows, obstacles } of adoptions) {
      expect(obstacles).toEqual([]);
      expect(rows.filter(({ verdict }) => verdict !== 'same').map(({ what }) => what)).toEqual([
        'private key',
        'setting',
        'setting',
      ]);
    }
  });

  it('is taken over without a stream ending, and the plan is only files', async () => {
    const report = await run('adopt', '--yes');
    expect(`${report.code} ${report.stderr}`).toBe('0 ');
    await stream.moved();
    expect(summaries(await run('plan')).sort()).toEqual(
      NODES.flatMap((node) => [
        `${node}: write /etc/sysctl.d/99-bridgehead-mesh.conf`,
        `${node}: write /etc/wireguard/wg0.conf`,
      ]).sort(),
    );
  });

  it('is then applied and proven, and the stream continues', async () => {
    const report = await run('apply', '--yes');
    expect({ stops: stops(report), code: report.code }).toEqual({ stops: [], code: 0 });
    await stream.moved();
    expect(changesOf(await run('plan'))).toBe(0);
  });
});
