import { readFileSync } from 'node:fs';
import {
  addClient,
  removeClient,
  setClientKey,
} from '../../../../src/layers/wireguard/inventory/edit-clients.js';
import type { Network } from '../../../../src/model/inventory.js';
import { homeOf, resolveText } from '../clients/support.js';

const file = 'inventory/phone-home.yaml';
const text = readFileSync(file, 'utf8');
const home: Network = homeOf(resolveText(text));
const KEY = 'jJ5cTe0KmMrGmTbo9AXVBqcVfXPVnuXHGpBc1d2bCSM=';
const TABLET = { name: 'tablet', addresses: ['10.8.0.4'], publicKey: KEY, dns: [], reach: [] };

const clientsOf = (edited: string) => homeOf(resolveText(edited)).clients;

describe('the clients of an inventory', () => {
  it('gain one, in its own lines', () => {
    const edited = addClient({ file, text }, home, TABLET);
    expect(edited).toBe(
      text.replace(
        '        reach: all\n',
        `        reach: all\n      tablet:\n        address: 10.8.0.4\n        publicKey: ${KEY}\n`,
      ),
    );
    expect(clientsOf(edited).map(({ name }) => name)).toEqual(['phone', 'tablet']);
  });

  it('are written with all that was asked for, and come back so', () => {
    const edited = addClient({ file, text }, home, {
      ...TABLET,
      tunnel: 'full',
      dns: ['1.1.1.1', '9.9.9.9'],
      reach: ['lan', 'internet'],
    });
    expect(clientsOf(edited).at(-1)).toEqual({
      name: 'tablet',
      addresses: ['10.8.0.4'],
      publicKey: KEY,
      tunnel: 'full',
      dns: ['1.1.1.1', '9.9.9.9'],
      reach: [{ kind: 'lan' }, { kind: 'internet' }],
    });
  });

  it('get their key, and another', () => {
    const keyed = setClientKey({ file, text }, home, 'phone', KEY);
    expect(keyed).toBe(
      text.replace('        reach: all\n', `        reach: all\n        publicKey: ${KEY}\n`),
    );
    const other = KEY.replace('j', 'k');
    expect(setClientKey({ file, text: keyed }, home, 'phone', other)).toBe(keyed.replace(KEY, other));
  });

  it('lose one, and everything else is as before', () => {
    const edited = addClient({ file, text }, home, { ...TABLET, hub: 'vps' });
    expect(edited).toContain('    hubOf:\n      tablet: vps\n');
    const removed = removeClient({ file, text: edited }, home, 'tablet');
    expect(removed.replace('    hubOf: {}\n', '')).toBe(text);
    expect(clientsOf(removeClient({ file, text }, home, 'phone'))).toEqual([]);
  });
});
