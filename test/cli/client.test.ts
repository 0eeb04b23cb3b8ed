import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../src/core/errors.js';
import { ledgerFile, recordInLedger } from '../../src/layers/wireguard/clients/ledger.js';
import { clientSettings } from '../../src/layers/wireguard/overlay/client-config.js';
import { homeOf, hubText, resolveText } from '../layers/wireguard/clients/support.js';
import { cli, folderWith } from './helpers.js';

const KEY = 'jJ5cTe0KmMrGmTbo9AXVBqcVfXPVnuXHGpBc1d2bCSM=';

/** A hub whose SSH port nobody listens on. */
const TEXT = hubText(`    clients:\n      phone: { address: 10.8.0.2, publicKey: ${KEY} } # mine\n`).replace(
  '{ public: 198.51.100.8 }',
  '{ public: 198.51.100.8, ssh: { host: 127.0.0.1, port: 1, user: root } }',
);

function place(text = TEXT) {
  const folder = folderWith({ 'home.yaml': text });
  const file = join(folder, 'home.yaml');
  const run = (...argv: string[]) => cli(['client', ...argv, '-i', file], folder);
  return { folder, file, run };
}

describe('a change that can’t be', () => {
  it.each<[string, string[], string]>([
    ['the name of a node', ['add', 'vps', '--yes', '--qr'], 'NAME  vps is already a node'],
    ['a name taken', ['add', 'phone', '--yes', '--qr'], 'bridgehead client rekey phone gives it new keys'],
    ['an odd name', ['add', 'Mum', '--yes', '--qr'], 'NAME  "Mum" is not a valid name'],
    ['an address outside', ['add', 'x', '--yes', '--qr', '--address', '10.9.0.1'], 'is outside network home'],
    [
      'a full tunnel on a hub without NAT',
      ['add', 'x', '--yes', '--qr', '--tunnel', 'full'],
      '--tunnel  x sends everything to its hub, which does not forward to the internet; set networks.home.internet: true',
    ],
    [
      'a reach that is nothing',
      ['add', 'x', '--yes', '--qr', '--reach', 'lam'],
      '--reach  must be all, overlay, lan, internet, a node or a range; got "lam"; did you mean "lan"?',
    ],
    ['no name server', ['add', 'x', '--yes', '--qr', '--dns', '1.1.1'], '--dns  "1.1.1" is not an address'],
    ['no network of that name', ['add', 'x', '--yes', '--network', 'hom'], 'no network named "hom"'],
    ['no client of that name', ['rekey', 'phon', '--yes', '--qr'], 'did you mean "phone"?'],
    ['nobody to revoke', ['revoke', 'tablet', '--yes'], 'no client named "tablet"'],
    ['nobody to ask', ['add', 'x', '--conf', 'x.conf'], 'add --yes to change it without asking'],
    ['a code for nobody', ['add', 'x', '--yes'], 'standard output is not a terminal'],
    ['a code for a program', ['add', 'x', '--yes', '--json'], '--qr cannot be used with --json'],
    [
      'a playbook without a tunnel',
      ['add', 'x', '--yes', '--qr', '-p', './none.yaml'],
      'has no wireguard step',
    ],
    ['no kept keys', ['show', 'phone', '--qr'], 'the private key of phone is not stored here'],
    [
      'a kept file that isn’t there',
      ['show', 'phone', '--kept', 'no.conf'],
      '--kept: no.conf cannot be read',
    ],
  ])('is refused before anything is touched: %s', async (_what, argv, printed) => {
    const { folder, file, run } = place();
    const playbook = 'name: none\nphases:\n  - name: one\n    gates: [reachable: ]\n';
    writeFileSync(join(folder, 'none.yaml'), playbook);
    const words = argv.map((word) => (word === './none.yaml' ? join(folder, 'none.yaml') : word));
    const { code, stdout, stderr } = await run(...words);
    expect(stderr).toContain(printed);
    expect([code, stdout]).toEqual([EXIT.badInput, '']);
    expect(readFileSync(file, 'utf8')).toBe(TEXT);
    expect(readdirSync(folder).sort()).toEqual(['home.yaml', 'none.yaml']);
  });

  it('is reported with everything that is wrong', async () => {
    const words = ['--address', '10.9.0.1', '--dns', '1.1.1', '--tunnel', 'full', '--hub', 'gw'];
    const { stderr } = await place().run('add', 'Mum', '--yes', '--qr', ...words);
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => line.split('  ')[0]),
    ).toEqual(['NAME', '--address', '--tunnel', '--dns', '--hub']);
  });

  it('says that a mesh has no clients', async () => {
    const mesh =
      'name: m\nnodes: { a: { public: 198.51.100.8 } }\nnetworks:\n  m: { range: 10.8.0.0/24, addresses: { a: 10.8.0.1 } }\n';
    const { stderr } = await place(mesh).run('add', 'x', '--yes', '--qr');
    expect(stderr).toContain('no network in the inventory has a hub for a client to connect to');
  });

  it('does not write over a file', async () => {
    const { folder, run } = place();
    const there = join(folder, 'there.png');
    writeFileSync(there, 'mine');
    const fresh = join(folder, 'x.conf');
    const { code, stderr } = await run('add', 'x', '--yes', '--conf', fresh, '--png', there);
    expect([code, stderr]).toEqual([EXIT.badInput, expect.stringContaining('there.png already exists')]);
    expect(readFileSync(there, 'utf8')).toBe('mine');
    expect(existsSync(fresh)).toBe(false);
  });

  it('refuses a kept configuration that others can read, and one of another client', async () => {
    const { folder, run } = place();
    const kept = join(folder, 'kept.conf');
    writeFileSync(kept, `[Interface]\nPrivateKey = ${KEY}\n`, { mode: 0o644 });
    expect((await run('show', 'phone', '--kept', kept)).stderr).toContain(`run: chmod 600 ${kept}`);
    const own = join(folder, 'own.conf');
    writeFileSync(own, `[Interface]\nPrivateKey = ${KEY}\n`, { mode: 0o600 });
    const { stderr } = await run('show', 'phone', '--kept', own);
    expect(stderr).toContain('is not the configuration of phone: its public key is ');
    expect(stderr).toContain(`the inventory has ${KEY}`);
  });
});

describe('a hub that can’t be reached', () => {
  it.each([
    ['add', 'x'],
    ['rekey', 'phone'],
    ['revoke', 'phone'],
  ])('leaves the inventory as it was, and hands nothing out: %s', async (command, name) => {
    const { folder, file, run } = place();
    const conf = command === 'revoke' ? [] : ['--conf', join(folder, 'x.conf')];
    const state = join(folder, 'state');
    const { code, stderr } = await run(
      command,
      name,
      '--yes',
      ...conf,
      '--timeout',
      '2',
      '--state-dir',
      state,
    );
    expect(code).toBe(EXIT.unreachable);
    expect(stderr).toContain('The inventory was not changed, and no configuration was shown or written.');
    expect(readFileSync(file, 'utf8')).toBe(TEXT);
    expect(readdirSync(folder).sort()).toEqual(['home.yaml', 'state']);
    expect(existsSync(ledgerFile(state))).toBe(false);
  });

  it('is reported below a list that asks, and by the exit code', async () => {
    const { code, stdout, stderr } = await place().run('list', '--live', '--timeout', '2');
    expect(stdout).toMatch(/^phone .* hub not reached +not configured from here$/m);
    expect(stderr).toMatch(/^error: vps: /);
    expect(code).toBe(EXIT.unreachable);
  });
});

describe('the list', () => {
  it('says which must scan again, and connects nowhere', async () => {
    const { folder, file, run } = place();
    const inventory = resolveText(TEXT);
    recordInLedger(ledgerFile(join(folder, 'state')), {
      kind: 'handed-out',
      at: '2026-01-01T00:00:00Z',
      inventory: file,
      network: 'home',
      client: 'phone',
      publicKey: KEY,
      hubPublicKey: KEY,
      settings: clientSettings(inventory, homeOf(inventory), 'phone'),
    });
    const list = () => run('list', '--state-dir', join(folder, 'state'));
    expect((await list()).stdout).toMatch(/^phone .* up to date$/m);
    writeFileSync(file, TEXT.replace('public: 198.51.100.8', 'public: 198.51.100.9'));
    const { code, stdout } = await list();
    expect(stdout).toContain('scan again: endpoint changed 198.51.100.8:51820 -> 198.51.100.9:51820');
    expect(code).toBe(EXIT.go);
  });
});
