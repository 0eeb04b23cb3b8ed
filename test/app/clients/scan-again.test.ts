import { resolve } from 'node:path';
import { printStaleClients } from '../../../src/app/clients/scan-again.js';
import type { Io } from '../../../src/app/terminal/io.js';
import { ledgerFile, recordInLedger } from '../../../src/layers/wireguard/clients/ledger.js';
import { clientSettings } from '../../../src/layers/wireguard/overlay/client-config.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { cli, folderWith } from '../../cli/helpers.js';
import { homeOf, hubText, resolveText } from '../../layers/wireguard/clients/support.js';

const CLIENTS =
  '    clients: { phone: { address: 10.8.0.2, publicKey: "CQgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=" } }\n';
const KEY = 'CQgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=';

function world(hubKey: string) {
  const folder = folderWith({ 'inventory.yaml': hubText(CLIENTS) });
  const stateDir = `${folder}/state`;
  const file = `${folder}/inventory.yaml`;
  const at = (text: string): Inventory => ({ ...resolveText(text), file });
  const before = at(hubText(CLIENTS));
  recordInLedger(ledgerFile(stateDir), {
    kind: 'handed-out',
    at: '2026-01-01T00:00:00.000Z',
    inventory: resolve(file),
    name: before.name,
    network: 'home',
    client: 'phone',
    publicKey: KEY,
    hubPublicKey: 'old=',
    settings: clientSettings(before, homeOf(before), 'phone'),
  });
  const print = (inventory: Inventory, command: 'plan' | 'apply', json = false) => {
    const said = { stdout: '', stderr: '' };
    const stream = (name: 'stdout' | 'stderr') => ({
      write: (text: string) => {
        said[name] += text;
      },
    });
    const io = {
      stdout: stream('stdout'),
      stderr: stream('stderr'),
      env: { NO_COLOR: '1' },
      cwd: folder,
    } as unknown as Io;
    const facts = {
      get: (node: string, key: string) => (node === 'vps' && key === 'public-key.wg0' ? hubKey : undefined),
    };
    printStaleClients(inventory, { command, facts, io, options: { json, color: false, stateDir } });
    return said;
  };
  return { folder, stateDir, file, at, before, print };
}

describe('clients that must scan again', () => {
  it('is empty if nothing of theirs has changed', () => {
    const { before, print } = world('old=');
    expect(print(before, 'apply')).toEqual({ stdout: '', stderr: '' });
  });

  it.each<[string, (text: string) => string, string, string]>([
    [
      'port',
      (text) => `${text}    port: 51999\n`,
      'old=',
      'endpoint changed 198.51.100.8:51820 -> 198.51.100.8:51999',
    ],
    ['address', (text) => text.replace('198.51.100.8', '198.51.100.9'), 'old=', '198.51.100.9:51820'],
    [
      'range',
      (text) => text.replaceAll('10.8.0.', '10.7.0.'),
      'old=',
      'address changed 10.8.0.2/32 -> 10.7.0.2/32',
    ],
    ['key', (text) => text, 'new=', 'the public key of vps has changed'],
  ])(
    'are named with the reason and the command after a change of the hub’s %s',
    (_what, change, key, why) => {
      const { at, file, print } = world(key);
      for (const command of ['plan', 'apply'] as const) {
        const { stdout } = print(at(change(hubText(CLIENTS))), command);
        expect(stdout).toContain('1 client must scan a new code, or its tunnel will not work:\n  phone  ');
        expect(stdout).toContain(why);
        expect(stdout).toContain(`bridgehead client rekey NAME -i ${file}\n`);
        expect(stdout).toContain(`bridgehead client show NAME --kept FILE --qr -i ${file}\n`);
      }
      expect(print(at(change(hubText(CLIENTS))), 'plan', true)).toMatchObject({ stdout: '' });
    },
  );

  it('are named by client list without a connection, once an apply has seen the hub’s new key', async () => {
    const { before, file, folder, stateDir, print } = world('new=');
    const list = () => cli(['client', 'list', '-i', file, '--state-dir', stateDir], folder);
    print(before, 'plan');
    expect(await list()).toMatchObject({ stderr: '', stdout: expect.stringContaining('up to date') });
    print(before, 'apply');
    const { stdout } = await list();
    expect(stdout).toContain('scan again: the public key of vps has changed');
    expect(stdout).toContain('1 client to scan again');
  });
});
