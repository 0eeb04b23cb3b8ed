import { othersAsHubHasThem } from '../../../src/app/clients/hub.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { homeOf, hubText, resolveText } from '../../layers/wireguard/clients/support.js';
import { hubWith, KEY } from './support.js';

const SUM = 'ab'.repeat(32);

function ask(inventory: Inventory, lines: readonly string[]) {
  const hub = inventory.nodes.find(({ name }) => name === 'vps');
  if (!hub) throw new Error('no hub');
  return othersAsHubHasThem(hubWith(lines), inventory, hub, new AbortController().signal);
}

const PEER = `@peer ${KEY('G')} 203.0.113.8:51820 900 off 10.8.0.3/32 192.168.1.0/24`;

describe('the other nodes as the hub has them', () => {
  it('are known by the addresses of its live peers', async () => {
    const given = await ask(resolveText(hubText()), [PEER]);
    expect([...given]).toEqual([['gw', { 'public-key.wg0': KEY('G') }]]);
  });

  it('have the preshared keys that it uses for them', async () => {
    const inventory = resolveText(hubText('    presharedKeys: true\n'));
    expect(homeOf(inventory).presharedKeys).toBe(true);
    const given = await ask(inventory, [PEER, `@shared ${KEY('G')} ${SUM}`]);
    expect([...given]).toEqual([['gw', { 'public-key.wg0': KEY('G'), 'psk-hash.wg0.vps': SUM }]]);
    expect([...(await ask(inventory, [PEER]))]).toEqual([]);
  });

  it('are asked themselves if it doesn’t have them', async () => {
    expect([...(await ask(resolveText(hubText()), []))]).toEqual([]);
  });
});
