import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import { FORMATS } from '../../../src/render/report/format-names.js';
import { allPairs } from '../../layers/wireguard/overlay/pairs.js';
import {
  BIN,
  bridgehead,
  changesOf,
  everythingWritten,
  exec,
  inventoryAt,
  ofType,
  stops,
} from '../support/bridgehead.js';
import { writeExample } from '../support/example.js';

const folder = mkdtempSync(join(tmpdir(), 'bridgehead-home-mesh-'));
const FILE = writeExample(folder, 'home-mesh', 'home-mesh-suite');
const NODES = ['ctb-edge-1', 'ms-1', 'wk-1', 'wk-2'];
const HOME = ['ms-1', 'wk-1', 'wk-2'];
const quiet = { log: () => undefined };

/** The guide's own text: who writes down which endpoint for whom, and with which keepalive. */
const GUIDE: Record<string, Record<string, string>> = {
  'ctb-edge-1': {
    'wk-1': '172.27.15.11/32 203.0.113.10:51820',
    'ms-1': '172.27.15.12/32 203.0.113.10:51821',
    'wk-2': '172.27.15.13/32 203.0.113.10:51822',
  },
  'ms-1': {
    'ctb-edge-1': '172.27.15.31/32 198.51.100.25:51820 25',
    'wk-1': '172.27.15.11/32 192.168.15.3:51820',
    'wk-2': '172.27.15.13/32 192.168.15.4:51820',
  },
  'wk-1': {
    'ctb-edge-1': '172.27.15.31/32 198.51.100.25:51820 25',
    'ms-1': '172.27.15.12/32 192.168.15.2:51820',
    'wk-2': '172.27.15.13/32 192.168.15.4:51820',
  },
  'wk-2': {
    'ctb-edge-1': '172.27.15.31/32 198.51.100.25:51820 25',
    'ms-1': '172.27.15.12/32 192.168.15.2:51820',
    'wk-1': '172.27.15.11/32 192.168.15.3:51820',
  },
};

let lab: Lab;
const apply = (...args: string[]) => bridgehead(lab, 'apply', '-i', FILE, '--yes', '--json', ...args);
const check = (...args: string[]) => bridgehead(lab, 'check', '-i', FILE, '--json', ...args);

beforeAll(async () => {
  const inventory = await inventoryAt(FILE);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
});
afterAll(async () => {
  await labDown(await inventoryAt(FILE), quiet);
  rmSync(folder, { recursive: true });
});

describe('from an inventory to a proven mesh', () => {
  it('plans without touching: four nodes to change, no session cut', async () => {
    const plan = await bridgehead(lab, 'plan', '-i', FILE, '--json', '--exit-code');
    expect(plan.code).toBe(10);
    const nodes = new Set(
      ofType(plan, 'step-planned').flatMap(({ node, changes }) => (changes.length > 0 ? [node] : [])),
    );
    expect([...nodes].sort()).toEqual(NODES);
    expect((await lab.exec('ms-1', 'command -v wg')).code).not.toBe(0);
  });

  it('applies, and every gate is GO', async () => {
    const report = await apply();
    expect(stops(report)).toEqual([]);
    expect(report.code).toBe(0);
    expect(ofType(report, 'phase-ended').map(({ phase, outcome }) => `${phase} ${outcome}`)).toEqual(
      ['baseline', 'install', 'keys', 'kernel', 'tunnel', 'verify'].map((phase) => `${phase} go`),
    );
  });

  it('changes nothing the second time, and says so', async () => {
    const report = await apply();
    expect(report.code).toBe(0);
    expect(changesOf(report)).toBe(0);
    const spoken = await bridgehead(lab, 'apply', '-i', FILE, '--yes');
    expect(spoken.stdout).toContain('Nothing to change');
  });

  it('gives each node the guide’s three peers, /32 only, with handshakes', async () => {
    const keys = Object.fromEntries(
      await Promise.all(
        NODES.map(async (node) => [await exec(lab, node, 'wg show wg0 public-key'), node] as const),
      ),
    );
    for (const node of NODES) {
      const configured = await exec(lab, node, 'cat /etc/wireguard/wg0.conf');
      const blocks = configured
        .split('[Peer]')
        .slice(1)
        .map((block) =>
          Object.fromEntries(
            [...block.matchAll(/^(\w+) = (.*)$/gm)].map(([, key = '', value]) => [key, value]),
          ),
        );
      const written = Object.fromEntries(
        blocks.map(({ PublicKey = '', AllowedIPs, Endpoint, PersistentKeepalive }) => [
          keys[PublicKey],
          [AllowedIPs, Endpoint, PersistentKeepalive].filter(Boolean).join(' '),
        ]),
      );
      expect(written).toEqual(GUIDE[node]);
      const now = Number(await exec(lab, node, 'date +%s'));
      const handshakes = (await exec(lab, node, 'wg show wg0 latest-handshakes'))
        .split('\n')
        .map((line) => line.split('\t'));
      expect(handshakes.map(([key = '']) => keys[key]).sort()).toEqual(
        NODES.filter((other) => other !== node),
      );
      for (const [, when] of handshakes) expect(now - Number(when)).toBeLessThan(180);
    }
  });

  it('keeps its keys and configs to root, and comes back after a reboot', async () => {
    expect(await exec(lab, 'wk-2', 'stat -c "%a %U" /etc/wireguard/wg0.key /etc/wireguard/wg0.conf')).toBe(
      '600 root\n600 root',
    );
    await lab.reboot('wk-2');
    const report = await check();
    expect(stops(report)).toEqual([]);
    expect(report.code).toBe(0);
  });
});

describe('a fault', () => {
  it('of two swapped public keys stops the check, names the pair, and is repaired without a restart', async () => {
    const swap = `a=$(wg show wg0 allowed-ips | grep 172.27.15.11/32 | cut -f1); b=$(wg show wg0 allowed-ips | grep 172.27.15.13/32 | cut -f1)
      wg set wg0 peer "$a" allowed-ips 172.27.15.13/32 endpoint 192.168.15.4:51820
      wg set wg0 peer "$b" allowed-ips 172.27.15.11/32 endpoint 192.168.15.3:51820
      sed -i "s#$a#SWAP#; s#$b#$a#; s#SWAP#$b#" /etc/wireguard/wg0.conf`;
    const identity =
      'cat /sys/class/net/wg0/ifindex; systemctl show -p ActiveEnterTimestampMonotonic wg-quick@wg0';
    const before = await exec(lab, 'ms-1', identity);
    await exec(lab, 'ms-1', swap);
    const checked = await check();
    expect(checked.code).toBe(3);
    expect(stops(checked).join('\n')).toMatch(/peers: ms-1 -> wk-1: .*wk-2/);
    expect(stops(checked).join('\n')).toMatch(/peers: ms-1 -> wk-2: .*wk-1/);
    const applied = await apply();
    expect(applied.code).toBe(0);
    expect(changesOf(applied)).toBe(3);
    expect(await exec(lab, 'ms-1', identity)).toBe(before);
  });

  it('of a forward that the router lost stops the check and names the pair and the forward', async () => {
    await lab.router('home').removeForward('udp', 51821);
    const report = await check();
    await lab.router('home').restoreForwards();
    expect(report.code).toBe(3);
    expect(stops(report)).toEqual([expect.stringMatching(/^endpoints: ctb-edge-1 -> ms-1: /)]);
    const fixes = ofType(report, 'gate-ended').flatMap(({ findings }) =>
      findings.flatMap(({ fix }) => fix ?? []),
    );
    expect(fixes.join()).toContain('203.0.113.10:51821');
    expect((await check()).code).toBe(0);
  });

  it.each<[string, string, string]>([
    ['an interface that is down', 'systemctl stop wg-quick@wg0', 'wk-1'],
    ['an interface that systemd doesn’t hold', 'systemctl stop wg-quick@wg0; wg-quick up wg0', 'wk-1'],
    ['a route that is gone', 'ip route del 172.27.15.12/32 dev wg0', 'wk-2'],
    ['an address that is gone', 'ip address flush dev wg0', 'wk-1'],
    [
      'a strange peer',
      'wg set wg0 peer "$(wg genkey | wg pubkey)" allowed-ips 10.99.0.0/16; ip route add 10.99.0.0/16 dev wg0',
      'ctb-edge-1',
    ],
    ['strict reverse path filtering', 'sysctl -q -w net.ipv4.conf.all.rp_filter=1', 'ms-1'],
    ['another MTU', 'ip link set mtu 1300 dev wg0', 'ms-1'],
    ['another port', 'wg set wg0 listen-port 51999', 'wk-2'],
    [
      'a private key that isn’t its file’s',
      'wg genkey >/run/k; wg set wg0 private-key /run/k; rm /run/k',
      'wk-1',
    ],
    ['a unit that won’t start at boot', 'systemctl disable -q wg-quick@wg0', 'ms-1'],
  ])('of %s stops the check, and apply repairs it', async (_what, script, node) => {
    await exec(lab, node, script);
    const checked = await check();
    expect(checked.code).toBe(3);
    expect(stops(checked).some((line) => line.includes(node))).toBe(true);
    const applied = await apply();
    expect(stops(applied)).toEqual([]);
    expect(applied.code).toBe(0);
    expect(changesOf(applied)).toBeGreaterThan(0);
    expect(changesOf(await apply())).toBe(0);
  });
});

describe('a part of a run', () => {
  it('may be one phase, and says on which gates it relied', async () => {
    const report = await apply('--phase', 'verify');
    expect(report.code).toBe(0);
    expect(ofType(report, 'phase-ended').map(({ phase }) => phase)).toEqual(['verify']);
    expect(new Set(ofType(report, 'relied-on').map(({ phase }) => phase))).toEqual(
      new Set(['baseline', 'install', 'keys', 'kernel', 'tunnel']),
    );
    const spoken = await bridgehead(lab, 'apply', '-i', FILE, '--yes', '--phase', 'tunnel');
    expect(spoken.stdout).toMatch(/relie[sd] on/i);
  });

  it('may begin at a phase, or concern one node', async () => {
    const report = await apply('--from', 'kernel');
    expect(report.code).toBe(0);
    expect(ofType(report, 'phase-ended').map(({ phase }) => phase)).toEqual(['kernel', 'tunnel', 'verify']);
    await exec(lab, 'wk-1', 'systemctl stop wg-quick@wg0; rm /etc/wireguard/wg0.conf');
    await exec(lab, 'wk-2', 'ip link set mtu 1300 dev wg0');
    const one = await apply('--only', 'wk-1');
    expect(stops(one)).toEqual([]);
    expect(one.code).toBe(0);
    expect(await exec(lab, 'wk-2', 'cat /sys/class/net/wg0/mtu')).toBe('1300');
    expect((await apply()).code).toBe(0);
  });

  it('continues with --resume after the controller was killed in the tunnel phase', async () => {
    const wipe =
      'systemctl disable -q --now wg-quick@wg0; rm -f /etc/wireguard/wg0.conf /etc/sysctl.d/99-bridgehead-mesh.conf';
    await Promise.all(NODES.map((node) => exec(lab, node, wipe)));
    const killed = lab.run(
      [
        'sh',
        '-c',
        `exec "$0" "$@" >"$HOME/killed.jsonl" 2>&1`,
        process.execPath,
        BIN,
        'apply',
        '-i',
        FILE,
        '--yes',
        '--json',
      ],
      {
        env: { BRIDGEHEAD_SUDO_PASSWORD_FILE: lab.sudoPasswordFile },
      },
    );
    await until(() => {
      const said = readOr(`${lab.home}/killed.jsonl`);
      return (
        said.includes('"type":"phase-started","phase":"tunnel"') &&
        said.includes('"type":"change-started"') &&
        /"change-started","phase":"tunnel"/.test(said)
      );
    });
    for (const pid of controllersOf(lab)) process.kill(pid, 'SIGKILL');
    expect((await killed).code).not.toBe(0);
    const report = await apply('--resume');
    expect(stops(report)).toEqual([]);
    expect(report.code).toBe(0);
    expect(ofType(report, 'phase-ended')[0]?.phase).toBe('tunnel');
    expect((await apply('--resume')).code).toBe(0);
  });
});

describe('a secret', () => {
  it('is in no argv, environment, journal, report or output, on neither side', async () => {
    await Promise.all(
      HOME.map((node) =>
        exec(lab, node, 'systemctl disable -q --now wg-quick@wg0; rm -f /etc/wireguard/wg0.*'),
      ),
    );
    const before = join(lab.home, 'before');
    writeFileSync(before, '');
    const sampler = startSampler();
    const reports = FORMATS.map((format) => ({ format, file: join(lab.home, `run.${format}`) }));
    const run = await apply(...reports.flatMap(({ format, file }) => ['--report', `${format}=${file}`]));
    const sampled = sampler.stop();
    expect(run.code).toBe(0);
    const password = readFileSync(lab.sudoPasswordFile, 'utf8').trim();
    const privateKeys = await Promise.all(NODES.map((node) => exec(lab, node, 'cat /etc/wireguard/wg0.key')));
    const reported = reports.map(({ file }) => readFileSync(file, 'utf8'));
    for (const text of reported) expect(text).not.toBe('');
    const written = `${run.stdout}${run.stderr}${everythingWritten(lab)}${reported.join('')}`;
    expect(sampled).toContain('bridgehead');
    expect(written).toContain('wg0.key');
    for (const secret of [password, ...privateKeys]) {
      expect(secret.length).toBeGreaterThan(8);
      for (const form of [
        secret,
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('hex'),
        Buffer.from(secret, 'base64').toString('hex'),
      ]) {
        expect(sampled.includes(form)).toBe(false);
        expect(written.includes(form)).toBe(false);
      }
    }
    const changed = await lab.run(['find', lab.home, '/tmp', '-xdev', '-type', 'f', '-newer', before]);
    const files = changed.stdout.trimEnd().split('\n');
    expect(files).toContain(reports[0]?.file);
    const isLeaked = (text: string) => privateKeys.some((key) => text.includes(key));
    expect(files.filter((file) => isLeaked(readOr(file)))).toEqual([]);
  });
});

describe('the pairs', () => {
  it('are all twelve, both ways', async () => {
    const inventory = await inventoryAt(FILE);
    const report = await check('--phase', 'verify');
    const [network] = inventory.networks;
    if (!network) throw new Error('no network');
    const wanted = allPairs(network)
      .map(({ from, to }) => `${from}>${to}`)
      .sort();
    for (const gate of ['ping', 'transfer']) {
      const ended = ofType(report, 'gate-ended').find(({ name }) => name === gate);
      expect(ended?.findings.map(({ node, peer }) => `${node}>${peer}`).sort()).toEqual(wanted);
    }
  });
});

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** The programs that run for this lab: other test files' labs may have theirs meanwhile. */
function controllersOf(lab: Lab): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const [, script] = readOr(`/proc/${pid}/cmdline`).split('\0');
      return script === BIN && readOr(`/proc/${pid}/environ`).includes(lab.sudoPasswordFile);
    })
    .map(Number);
}

/** Reads every process's arguments and environment, the machines' too (their processes are the host's), over and over. */
/** Looks at every process again and again, resting as long as a look took: the run needs the machine too. */
function startSampler(): { stop(): string } {
  const seen = new Set<string>();
  let timer: NodeJS.Timeout;
  const sample = (): void => {
    const started = performance.now();
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      seen.add(readOr(`/proc/${pid}/cmdline`));
      seen.add(readOr(`/proc/${pid}/environ`));
    }
    timer = setTimeout(sample, Math.max(5, performance.now() - started));
  };
  sample();
  return {
    stop: () => {
      clearTimeout(timer);
      return [...seen].join('\n');
    },
  };
}
