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
import { Stream } from '../support/by-hand/by-hand.js';
import { setUpHome } from '../support/by-hand/home-by-hand.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-adopt-home-'));
const file = join(folder, 'inventory.yaml');
/** The guide's phone; it never calls here. */
const PHONE = 'cGhvbmUtcGhvbmUtcGhvbmUtcGhvbmUtcGhvbmUtcGg=';

let lab: Lab;
let stream: Stream;

const on = (node: string, script: string): Promise<string> => exec(lab, node, script);
const run = (command: string, ...args: string[]): Promise<RunReport> =>
  bridgehead(lab, command, ...args, '-i', file, '--json');
const summaries = (report: RunReport): string[] =>
  ofType(report, 'step-planned').flatMap(({ node, changes }) =>
    changes.map(({ summary }) => `${node}: ${summary}`),
  );
const errorsOf = (report: RunReport) => ofType(report, 'run-ended')[0]?.errors ?? [];

beforeAll(async () => {
  const text = readFileSync('inventory/phone-home.yaml', 'utf8')
    .replace(/^name: .*/m, 'name: adopt-home')
    .replace(/^ {4}clients:\n(?: {6}.*\n)*/m, '')
    .replace(/^ {4}internet: true\n/m, '');
  writeFileSync(file, text);
  const inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  await setUpHome(lab, PHONE);
  await Stream.listen(lab, 'vps', 7000);
  stream = await Stream.start(lab, {
    from: 'node-a',
    to: 'vps',
    target: '10.8.0.1',
    port: 7000,
    address: '10.8.0.3',
  });
});
afterAll(async () => {
  await labDown(await inventoryAt(file), quiet);
  rmSync(folder, { recursive: true, force: true });
});

describe('a hub and a gateway set up by hand from the guide', () => {
  it('are taken over and given back by undo', async () => {
    const before = readFileSync(file, 'utf8');
    expect((await run('adopt', 'node-a', '--yes')).code).toBe(0);
    expect(await on('node-a', 'cat /etc/wireguard/.bridgehead/wg0-home')).toContain('network home');
    expect(readFileSync(file, 'utf8')).toBe(before);
    const undone = await bridgehead(lab, 'undo', '-i', file, '--yes');
    expect(`${undone.code} ${undone.stderr}`).toBe('0 ');
    expect(await on('node-a', 'ls -A /etc/wireguard')).not.toMatch(/wg0-home\.key|\.bridgehead/);
    await stream.moved();
  });

  it('are taken over, the gateway under the name that its tunnel has', async () => {
    const report = await run('adopt', '--yes');
    expect(`${report.code} ${report.stderr}`).toBe('0 ');
    const [home] = (await inventoryAt(file)).networks;
    expect(home).toMatchObject({
      internet: true,
      presharedKeys: false,
      clients: [{ name: 'mobile-client', addresses: ['10.8.0.2'], publicKey: PHONE, tunnel: 'full' }],
    });
    await stream.moved();
  });

  it('are what the inventory wants after the first apply, with their keys, and the stream continues', async () => {
    const keys = await Promise.all([
      on('vps', 'wg show wg0 public-key'),
      on('node-a', 'wg show wg0-home public-key'),
    ]);
    const plan = summaries(await run('plan'));
    expect(plan.filter((line) => /make a private key|remove peer/.test(line))).toEqual([]);
    expect(plan).toContain('node-a: stop wg0-home, now and at boot: network home is on wg0 now');
    const report = await run('apply', '--yes');
    expect({ errors: errorsOf(report), stops: stops(report), code: report.code }).toEqual({
      errors: [],
      stops: [],
      code: 0,
    });
    await stream.moved();
    expect(await Promise.all(['vps', 'node-a'].map((node) => on(node, 'wg show wg0 public-key')))).toEqual(
      keys,
    );
    expect(await on('vps', 'wg show wg0 peers')).toContain(PHONE);
    expect(await on('vps', 'iptables -t nat -S')).not.toContain('MASQUERADE');
    expect(changesOf(await run('plan'))).toBe(0);
  });
});
