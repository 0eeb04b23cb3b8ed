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
import { setUpHome } from '../support/by-hand/home-by-hand.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-ssh-inside-'));
const machines = join(folder, 'machines.yaml');
/** The same machines; the one at home is logged into through its tunnel. */
const file = join(folder, 'inventory.yaml');
const PHONE = 'cGhvbmUtcGhvbmUtcGhvbmUtcGhvbmUtcGhvbmUtcGg=';
const HOME = 'ssh: { user: ops, sudo: passwordless }';

let lab: Lab;

const run = (command: string, ...args: string[]): Promise<RunReport> =>
  bridgehead(lab, command, ...args, '-i', file, '--json');

beforeAll(async () => {
  const text = readFileSync('inventory/phone-home.yaml', 'utf8')
    .replace(/^name: .*/m, 'name: ssh-inside')
    .replace(/^ {4}clients:\n(?: {6}.*\n)*/m, '')
    .replace(/^ {2}# Two machines[^\n]*\n(?: {2}lan-\d:\n(?: {4}.*\n)*)*/m, '');
  writeFileSync(machines, text);
  const inventory = await inventoryAt(machines);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  await setUpHome(lab, PHONE);
  const key = await exec(lab, 'node-a', 'cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub');
  const inside = `ssh: { host: 10.8.0.3, jump: vps, user: ops, sudo: passwordless, hostKey: "${key}" }`;
  expect(text).toContain(HOME);
  writeFileSync(file, text.replace(HOME, inside));
});
afterAll(async () => {
  await labDown(await inventoryAt(machines), quiet);
  rmSync(folder, { recursive: true, force: true });
});

describe('SSH that comes in through the tunnel that is taken over', () => {
  it('is said before anything is done', async () => {
    const shown = await bridgehead(lab, 'adopt', '--show', '-i', file);
    expect(shown.stderr).toBe('');
    const [, home = ''] = shown.stdout.split(/^(?=wg0-home on node-a)/m);
    expect(home).toContain(
      'This SSH session comes in through wg0-home: every change to it is made under the guard.',
    );
    expect(shown.stdout.match(/This SSH session comes in/g)).toHaveLength(1);
    const { adoptions } = JSON.parse((await run('adopt', '--show')).stdout) as {
      adoptions: { node: string; carriesSsh: boolean }[];
    };
    expect(new Map(adoptions.map(({ node, carriesSsh }) => [node, carriesSsh]))).toEqual(
      new Map([
        ['vps', false],
        ['node-a', true],
      ]),
    );
  });

  it('goes on while it is taken over', async () => {
    const report = await run('adopt', '--yes');
    expect(`${report.code} ${report.stderr}`).toBe('0 ');
    expect(await exec(lab, 'node-a', 'wg show interfaces')).toBe('wg0-home');
  });

  it('is guarded in the first apply, which is confirmed by new logins through it', async () => {
    const report = await run('apply', '--yes');
    expect({ stops: stops(report), code: report.code }).toEqual({ stops: [], code: 0 });
    const nodes = (type: 'guard-armed' | 'guard-confirmed') =>
      [...new Set(ofType(report, type).map(({ phase, node }) => `${phase} ${node}`))].sort();
    expect(nodes('guard-armed')).toContain('tunnel node-a');
    expect(nodes('guard-confirmed')).toEqual(nodes('guard-armed'));
    expect(ofType(report, 'guard-reverted')).toEqual([]);
    expect(await exec(lab, 'node-a', 'wg show interfaces')).toBe('wg0');
    expect(changesOf(await run('plan'))).toBe(0);
  });
});
