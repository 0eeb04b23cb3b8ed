import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { bridgehead, changesOf, exec, inventoryAt, type RunReport, stops } from '../support/bridgehead.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-endpoints-'));
const file = join(folder, 'endpoints.yaml');
const ADDRESS = { a: '10.11.0.1', b: '10.11.0.2', c: '10.11.0.3', d: '10.11.0.4' } as const;
type Name = keyof typeof ADDRESS;

interface Said {
  readonly port: number;
  /** Public addresses of b; WireGuard's endpoint is the first. */
  readonly public: string;
  readonly shape: 'mesh' | 'hub';
}

/** a and b on the internet; c and d at home, where only c has forwards, one for each port. */
function write({ port, public: b, shape }: Said): void {
  writeFileSync(
    file,
    `name: endpoints-change
defaults: { ssh: { user: root } }
sites:
  home:
    subnet: 192.168.71.0/24
    router: 192.168.71.1
    public: 203.0.113.71
    forwards:
      - { port: 51820, node: c, nodePort: 51820 }
      - { port: 51999, node: c, nodePort: 51999 }
nodes:
  a: { public: 198.51.100.71 }
  b: { public: [${b}], ssh: { host: 198.51.100.25 } }
  c: { site: home, lan: 192.168.71.3, ssh: { host: 192.168.71.3 } }
  d: { site: home, lan: 192.168.71.4, ssh: { host: 192.168.71.4 }, lab: { release: trixie } }
networks:
  net:
    shape: ${shape}
${shape === 'hub' ? '    hub: a\n' : ''}    range: 10.11.0.0/24
    port: ${port}
    addresses: { a: ${ADDRESS.a}, b: ${ADDRESS.b}, c: ${ADDRESS.c}, d: ${ADDRESS.d} }
lab: { laptop: home }
`,
  );
}

const PLACE_OF_B = '{ 198.51.100.25, 198.51.100.26 }';
const BOTH = '198.51.100.25, 198.51.100.26';
let inventory: Inventory;
let lab: Lab;

const announce = (command: string, ...args: string[]): Promise<RunReport> =>
  bridgehead(lab, command, '-i', file, '--json', ...args);
const apply = (): Promise<RunReport> => announce('apply', '--yes');

async function timed(
  run: () => Promise<RunReport>,
): Promise<{ readonly report: RunReport; readonly seconds: number }> {
  const started = performance.now();
  const report = await run();
  return { report, seconds: (performance.now() - started) / 1000 };
}

async function endpointOf(peer: Name, on: Name): Promise<string | undefined> {
  const key = await exec(lab, peer, 'wg show wg0 public-key');
  const lines = (await exec(lab, on, 'wg show wg0 endpoints')).split('\n').map((line) => line.split('\t'));
  return lines.find(([own]) => own === key)?.[1];
}

const pings = async (from: Name, to: Name): Promise<boolean> =>
  (await lab.exec(from, `ping -c 3 -i 0.3 -W 1 ${ADDRESS[to]}`)).code === 0;

async function expectChanged(): Promise<void> {
  const report = await apply();
  expect(stops(report)).toEqual([]);
  expect(changesOf(report)).toBeGreaterThan(0);
  const again = await apply();
  expect([again.code, changesOf(again)]).toEqual([0, 0]);
}

beforeAll(async () => {
  write({ port: 51820, public: BOTH, shape: 'mesh' });
  inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
});
afterAll(async () => {
  await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

describe('a changed endpoint is live when the run ends', () => {
  it('on a new mesh', async () => {
    await expectChanged();
    expect(await endpointOf('b', 'a')).toBe('198.51.100.25:51820');
  });

  it('after a change of the port', async () => {
    write({ port: 51999, public: BOTH, shape: 'mesh' });
    await expectChanged();
    expect(await endpointOf('b', 'a')).toBe('198.51.100.25:51999');
    expect(await endpointOf('a', 'b')).toBe('198.51.100.71:51999');
    expect(await endpointOf('c', 'd')).toBe('192.168.71.3:51999');
    expect(await endpointOf('a', 'd')).toBe('198.51.100.71:51999');
    expect(await pings('a', 'c')).toBe(true);
    expect(await pings('b', 'd')).toBe(true);
  });

  it('after a change of a public address, while the old one still works', async () => {
    write({ port: 51999, public: '198.51.100.26', shape: 'mesh' });
    await expectChanged();
    expect(await endpointOf('b', 'a')).toBe('198.51.100.26:51999');
    expect(await endpointOf('b', 'c')).toBe('198.51.100.26:51999');
  });

  it('if a run that was cut off, or an older one, has left the old endpoint', async () => {
    const keyOf = (name: Name): Promise<string> => exec(lab, name, 'wg show wg0 public-key');
    const leaveOld = async (): Promise<void> => {
      await exec(lab, 'b', `wg set wg0 peer ${await keyOf('a')} endpoint 198.51.100.71:51820`);
      await exec(lab, 'a', `wg set wg0 peer ${await keyOf('b')} endpoint 198.51.100.26:51820`);
    };
    await leaveOld();
    const found = stops(await announce('check'));
    // `handshake` redirects silent peers if it waits long enough, after which there is nothing left to find.
    if (found.length === 0) expect(await endpointOf('a', 'b')).toBe('198.51.100.71:51999');
    else
      expect(found).toEqual([
        'peers: a -> b: it sends to 198.51.100.26:51820',
        'peers: b -> a: it sends to 198.51.100.71:51820',
      ]);
    await leaveOld();
    await expectChanged();
    // b has both addresses, and calls from either.
    expect(await endpointOf('b', 'a')).toMatch(/^198\.51\.100\.2[56]:51999$/);
    expect(await pings('a', 'b')).toBe(true);
  });

  it('after a change of the shape and the port', async () => {
    write({ port: 51820, public: '198.51.100.26', shape: 'hub' });
    await expectChanged();
    expect(await endpointOf('a', 'b')).toBe('198.51.100.71:51820');
    expect(await endpointOf('b', 'a')).toMatch(/^198\.51\.100\.2[56]:51820$/);
    expect(await pings('b', 'd')).toBe(true);
  });
});

describe('a network that comes up again by itself is GO within seconds', () => {
  it.each<['mesh' | 'hub', Name]>([
    ['hub', 'a'],
    ['hub', 'd'],
    ['mesh', 'a'],
    ['mesh', 'c'],
    ['mesh', 'd'],
  ])('in a %s, after the interface of %s was restarted', async (shape, name) => {
    write({ port: 51820, public: '198.51.100.26', shape });
    expect((await apply()).code).toBe(0);
    await exec(lab, name, 'systemctl restart wg-quick@wg0');
    const { report, seconds } = await timed(() => announce('check'));
    expect(stops(report)).toEqual([]);
    expect(seconds).toBeLessThan(25);
  });
});

describe('comes soon with a STOP if nothing was changed', () => {
  const rule = (text: string): string =>
    `nft -f - <<'END'\ntable inet f { chain i { type filter hook input priority -5; ${text}; }; }\nEND`;

  it.each([
    [
      'one TCP path',
      `iifname "wg0" ip saddr ${ADDRESS.b} meta l4proto tcp drop`,
      /^transfer: (a -> b|b -> a): no connection/,
    ],
    [
      'one endpoint',
      `ip saddr ${PLACE_OF_B} udp dport 51820 @th,64,32 0x62726964 drop`,
      /^endpoints: b -> a: /,
    ],
    ['a whole tunnel', `ip saddr ${PLACE_OF_B} udp dport 51820 drop`, /^endpoints: b -> a: /],
  ])('when %s is dead', async (_what, drop, expected) => {
    // A hub has had nftables installed.
    await exec(lab, 'a', rule(drop));
    const { report, seconds } = await timed(() => announce('check'));
    await exec(lab, 'a', 'nft delete table inet f');
    expect(stops(report)[0]).toMatch(expected);
    expect(seconds).toBeLessThan(15);
  });
});

describe('a network that is renumbered while it runs', () => {
  it.each(['mesh', 'hub'] as const)('is GO at its new addresses, as a %s', async (shape) => {
    write({ port: 51820, public: '198.51.100.26', shape });
    expect((await apply()).code).toBe(0);
    const before = readFileSync(file, 'utf8');
    const report = await announce('renumber', '10.12.0.0/16', '--yes');
    expect(stops(report)).toEqual([]);
    expect(report.code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(
      before.replace('10.11.0.0/24', '10.12.0.0/16').replaceAll('10.11.0.', '10.12.0.'),
    );
    for (const name of Object.keys(ADDRESS)) {
      expect(await exec(lab, name, 'ip -o -4 address show dev wg0; ip route')).not.toContain('10.11.');
    }
    expect((await lab.exec('a', 'ping -c 3 -i 0.3 -W 1 10.12.0.4')).code).toBe(0);
    expect((await lab.exec('d', 'ping -c 3 -i 0.3 -W 1 10.12.0.2')).code).toBe(0);
    const again = await apply();
    expect([again.code, changesOf(again)]).toEqual([0, 0]);
  });
});
