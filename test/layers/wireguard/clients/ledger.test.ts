import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type HandedOut,
  type LedgerOwner,
  ledgerFile,
  readLedger,
  recordInLedger,
} from '../../../../src/layers/wireguard/clients/ledger.js';
import { type Current, reasonsToScanAgain } from '../../../../src/layers/wireguard/clients/staleness.js';
import { clientSettings } from '../../../../src/layers/wireguard/overlay/client-config.js';
import { homeOf, hubText, resolveText } from './support.js';

const settingsOf = (text: string) => {
  const inventory = resolveText(text);
  return clientSettings(inventory, homeOf(inventory), 'phone');
};
const PHONE = '    clients: { phone: { address: 10.8.0.2 } }\n';

const handed = (over: Partial<HandedOut> = {}): HandedOut => ({
  kind: 'handed-out',
  at: '2026-01-01T00:00:00.000Z',
  inventory: '/home.yaml',
  network: 'home',
  client: 'phone',
  publicKey: 'p=',
  hubPublicKey: 'h=',
  settings: settingsOf(hubText(PHONE)),
  ...over,
});

const owner = (over: Partial<LedgerOwner> = {}, key = 'p='): LedgerOwner => {
  const inventory = resolveText(hubText(PHONE));
  const keyed = inventory.networks.map((network) => ({
    ...network,
    clients: network.clients.map((one) => ({ ...one, publicKey: key })),
  }));
  return { name: 'home', file: '/home.yaml', networks: keyed, ...over };
};

describe('the ledger', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-ledger-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lists the configuration that each client of an inventory was last given', () => {
    const file = ledgerFile(join(folder, 'state'));
    expect(readLedger(file, owner()).size).toBe(0);
    recordInLedger(file, handed());
    recordInLedger(file, handed({ publicKey: 'new=' }));
    recordInLedger(file, handed({ inventory: '/other.yaml', publicKey: 'other=' }));
    expect([...readLedger(file, owner())].map(([key, { publicKey }]) => [key, publicKey])).toEqual([
      ['home/phone', 'new='],
    ]);
  });

  it('forgets a revoked client, and knows one added again', () => {
    const file = ledgerFile(folder);
    recordInLedger(file, handed());
    const { at, inventory, network, client } = handed();
    recordInLedger(file, { kind: 'revoked', at, inventory, network, client });
    expect(readLedger(file, owner()).size).toBe(0);
    recordInLedger(file, handed({ publicKey: 'again=' }));
    expect(readLedger(file, owner()).get('home/phone')?.publicKey).toBe('again=');
  });

  it.each<[string, Partial<HandedOut>, Partial<LedgerOwner>, string, boolean]>([
    ['moved', { name: 'home' }, { file: '/moved.yaml' }, 'p=', true],
    ['moved, from before names were noted', {}, { file: '/moved.yaml' }, 'p=', true],
    ['moved, and the client has other keys now', { name: 'home' }, { file: '/moved.yaml' }, 'new=', true],
    ['given another name', { name: 'home' }, { name: 'house' }, 'p=', true],
    [
      'another of the same name',
      { name: 'home', settings: { ...settingsOf(hubText(PHONE)), addresses: ['10.8.0.7/32'] } },
      { file: '/other.yaml' },
      'q=',
      false,
    ],
    ['another of another name', { name: 'home' }, { file: '/other.yaml', name: 'other' }, 'p=', false],
    ['another, from before names were noted', {}, { file: '/other.yaml' }, 'q=', false],
  ])('knows an inventory again that was %s', (_what, entry, over, key, known) => {
    const file = ledgerFile(folder);
    recordInLedger(file, handed(entry));
    expect(readLedger(file, owner(over, key)).has('home/phone')).toBe(known);
  });

  it('forgets a client that was revoked before the move, but not for another inventory of the name', () => {
    const file = ledgerFile(folder);
    const { at, inventory, network, client } = handed();
    const entry = { at, inventory, network, client, name: 'home' };
    recordInLedger(file, handed({ name: 'home' }));
    recordInLedger(file, { ...entry, kind: 'revoked', inventory: '/elsewhere.yaml', publicKey: 'other=' });
    expect(readLedger(file, owner({ file: '/moved.yaml' })).size).toBe(1);
    recordInLedger(file, { ...entry, kind: 'revoked', publicKey: 'p=' });
    expect(readLedger(file, owner({ file: '/moved.yaml' })).size).toBe(0);
  });

  it('is readable only by its owner, and is read past a line that was cut off', () => {
    const file = ledgerFile(folder);
    recordInLedger(file, handed());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    appendFileSync(file, `${readFileSync(file, 'utf8').slice(0, 40)}\n{}\n[]\nnull\n`);
    recordInLedger(file, handed({ client: 'tablet' }));
    expect([...readLedger(file, owner()).keys()]).toEqual(['home/phone', 'home/tablet']);
  });
});

describe('a client', () => {
  const current = (text: string, over: Partial<Current> = {}): Current => ({
    publicKey: 'p=',
    settings: settingsOf(text),
    ...over,
  });

  it('need not scan again while nothing has changed', () => {
    expect(reasonsToScanAgain(handed(), current(hubText(PHONE), { hubPublicKey: 'h=' }))).toEqual([]);
  });

  const phone = (words: string) => hubText(`    clients: { phone: { address: 10.8.0.2, ${words} } }\n`);
  it.each([
    [
      hubText(PHONE).replace('198.51.100.8', '198.51.100.9'),
      {},
      ['endpoint changed 198.51.100.8:51820 -> 198.51.100.9:51820'],
    ],
    [hubText(`    port: 443\n${PHONE}`), {}, ['endpoint changed 198.51.100.8:51820 -> 198.51.100.8:443']],
    [hubText(`    mtu: 1380\n${PHONE}`), {}, ['MTU changed 1420 -> 1380']],
    [phone('dns: 1.1.1.1'), {}, ['DNS changed none -> 1.1.1.1']],
    [
      phone('tunnel: full').replace('shape: hub', 'shape: hub\n    internet: true'),
      {},
      ['AllowedIPs gained 0.0.0.0/0, ::/0', 'AllowedIPs lost 10.8.0.0/24, 192.168.1.0/24'],
    ],
    [
      hubText(PHONE).replace('{ subnets: 192.168.1.0/24 }', '{ subnets: [192.168.1.0/24, 192.168.9.0/24] }'),
      {},
      ['AllowedIPs gained 192.168.9.0/24'],
    ],
    [hubText(PHONE.replace('10.8.0.2', '10.8.0.7')), {}, ['address changed 10.8.0.2/32 -> 10.8.0.7/32']],
    [hubText(PHONE), { publicKey: 'q=' }, ['its public key in the inventory has changed']],
    [hubText(PHONE), { hubPublicKey: 'i=' }, ['the public key of vps has changed']],
    [hubText(PHONE), { presharedKey: 'ff' }, ['the hub has a different preshared key for it']],
  ])('must scan again (%#)', (text, over, reasons) => {
    expect(reasonsToScanAgain(handed(), current(text, over))).toEqual(reasons);
  });

  it('need not for what it may reach: the hub enforces that', () => {
    expect(reasonsToScanAgain(handed(), current(phone('reach: gw')))).toEqual([]);
  });
});
