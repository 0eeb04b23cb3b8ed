import { createPrivateKey, createPublicKey } from 'node:crypto';
import { loadInventory } from '../../src/inventory/index.js';
import type { Client, Inventory, Network } from '../../src/inventory/types.js';
import { makeClientKeys } from '../../src/lab/client-keys.js';
import { planLab } from '../../src/lab/plan-lab.js';
import { planVisits } from '../../src/lab/plan-visits.js';
import { cameFrom } from '../../src/lab/visits.js';

const phoneHome = await loadInventory('inventory/phone-home.yaml');

function visits(client: Partial<Client>, network: Partial<Network> = {}, more: Partial<Inventory> = {}) {
  const networks = phoneHome.networks.map((one) => ({
    ...one,
    ...network,
    clients: one.clients.map((phone) => ({ ...phone, ...client })),
  }));
  const inventory = { ...phoneHome, ...more, networks };
  const [changed] = networks;
  if (changed === undefined) throw new Error('no network');
  return planVisits(inventory, changed, planLab(inventory)).map(
    ({ url, of, through, from }) => `${of} ${url} ${through.join('>') || 'beside'} ${from ?? 'closed'}`,
  );
}

describe('what a client fetches', () => {
  it('is a page in the overlay, those of LAN machines through their gateway, and the internet beside a split tunnel', () => {
    expect(visits({})).toEqual([
      'node-a http://10.8.0.3:3000 vps 10.8.0.2',
      'lan-1 http://192.168.1.100:3000 vps>node-a 192.168.1.10',
      'lan-2 http://192.168.1.101:3000 vps>node-a 192.168.1.10',
      'the internet http://198.18.0.80 beside 100.65.0.1',
    ]);
  });

  it("is the internet behind the hub's address with a full tunnel", () => {
    expect(visits({ tunnel: 'full' }, { internet: true }).at(-1)).toBe(
      'the internet http://198.18.0.80 vps 198.51.100.8',
    );
  });

  it('carries its own address where the gateway masks nothing', () => {
    const advertises = [{ node: 'node-a', subnets: ['192.168.1.0/24'], nat: 'none' as const }];
    expect(visits({}, { advertises })[1]).toBe('lan-1 http://192.168.1.100:3000 vps>node-a 10.8.0.2');
  });

  it.each<[string, Client['reach'], string[]]>([
    ['the overlay', [{ kind: 'overlay' }], ['node-a']],
    ['LANs', [{ kind: 'lan' }], ['lan-1', 'lan-2']],
    ['one machine', [{ kind: 'node', node: 'lan-2' }], ['lan-2']],
    ['a range', [{ kind: 'range', range: '192.168.1.96/30' }], []],
    ['the internet', [{ kind: 'internet' }], ['the internet']],
  ])('is kept to %s by its reach', (_name, reach, open) => {
    const told = visits({ reach, tunnel: 'full' }, { internet: true });
    expect(told).toHaveLength(4);
    expect(told.filter((line) => !line.endsWith(' closed')).map((line) => line.split(' http')[0])).toEqual(
      open,
    );
  });

  it('is nothing of another family', () => {
    const nodes = phoneHome.nodes.map((node) =>
      node.name === 'vps' ? { ...node, publicAddresses: [...node.publicAddresses, '2001:db8::8'] } : node,
    );
    const told = visits({ tunnel: 'full' }, { internet: true }, { nodes });
    expect(told.at(-1)).toBe('the internet http://[2001:db8:ffff:80::80] vps closed');
  });
});

describe('cameFrom', () => {
  it.each([
    ['this is x; you came from 10.8.0.2', '10.8.0.2', true],
    ['this is x; you came from 10.8.0.20', '10.8.0.2', false],
    ['this is x; you came from [2001:0db8:0000:0000:0000:0000:0000:0008]', '2001:db8::8', true],
    ['you came from 10.8.0.2, or so', '10.8.0.2', false],
    ['', '10.8.0.2', false],
  ])('%j is from %s: %s', (page, address, expected) => {
    expect(cameFrom(page, address)).toBe(expected);
  });
});

describe("clients' keys", () => {
  const keys = makeClientKeys(phoneHome);

  it('are pairs, one for each client', () => {
    expect(keys.map(({ network, client }) => `${network}/${client}`)).toEqual(['home/phone']);
    for (const { publicKey, privateKey } of keys) {
      const raw = Buffer.from(privateKey.reveal(), 'base64');
      const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), raw]);
      const derived = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
      expect(derived.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')).toBe(
        publicKey,
      );
      expect([raw.at(0) ?? 1, raw.at(31) ?? 0].map((byte, i) => (i === 0 ? byte & 7 : byte & 192))).toEqual([
        0, 64,
      ]);
    }
  });

  it('are new each time, and never shown', () => {
    expect(makeClientKeys(phoneHome)[0]?.publicKey).not.toBe(keys[0]?.publicKey);
    expect(JSON.stringify(keys)).not.toContain(keys[0]?.privateKey.reveal());
  });
});
