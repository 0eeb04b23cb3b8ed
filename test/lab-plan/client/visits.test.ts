import { loadInventory } from '../../../src/inventory/index.js';
import { makeClientKeys } from '../../../src/lab/client/keys.js';
import { plainPage, visitAll } from '../../../src/lab/client/visits.js';
import { planLab } from '../../../src/lab/topology/lab.js';
import { planVisits } from '../../../src/lab/topology/visits.js';
import type { Lab, LabClient } from '../../../src/lab/types.js';
import type { Client, Inventory, Network } from '../../../src/model/inventory.js';

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
  it('is a page in the overlay, those of LAN machines through their gateway, and the internet next to a split tunnel', () => {
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

  it('has its own address if the gateway doesn’t masquerade', () => {
    const advertises = [{ node: 'node-a', subnets: ['192.168.1.0/24'], nat: 'none' as const }];
    expect(visits({}, { advertises })[1]).toBe('lan-1 http://192.168.1.100:3000 vps>node-a 10.8.0.2');
  });

  it('carries the address that the gateway has in the same subnet', () => {
    const sites = phoneHome.sites.map((site) => ({ ...site, subnets: ['192.168.5.0/24', ...site.subnets] }));
    const nodes = phoneHome.nodes.map((node) =>
      node.name === 'node-a' ? { ...node, lanAddresses: ['192.168.5.10', ...node.lanAddresses] } : node,
    );
    expect(visits({}, {}, { sites, nodes })).toContain(
      'lan-1 http://192.168.1.100:3000 vps>node-a 192.168.1.10',
    );
  });

  it.each<[string, Client['reach'], string[]]>([
    ['the overlay', [{ kind: 'overlay' }], ['node-a']],
    ['LANs', [{ kind: 'lan' }], ['lan-1', 'lan-2']],
    ['one machine', [{ kind: 'node', node: 'lan-2' }], ['lan-2']],
    [
      'the port of a page',
      [{ kind: 'node', node: 'lan-2', service: { protocol: 'tcp', port: 3000 } }],
      ['lan-2'],
    ],
    ['another port', [{ kind: 'node', node: 'lan-2', service: { protocol: 'tcp', port: 3001 } }], []],
    ['a range', [{ kind: 'range', range: '192.168.1.96/30' }], []],
    ['the internet', [{ kind: 'internet' }], ['the internet']],
  ])('is kept to %s by its reach', (_name, reach, open) => {
    const reported = visits({ reach, tunnel: 'full' }, { internet: true });
    expect(reported).toHaveLength(4);
    expect(
      reported.filter((line) => !line.endsWith(' closed')).map((line) => line.split(' http')[0]),
    ).toEqual(open);
  });

  it('is nothing of another family', () => {
    const nodes = phoneHome.nodes.map((node) =>
      node.name === 'vps' ? { ...node, publicAddresses: [...node.publicAddresses, '2001:db8::8'] } : node,
    );
    const reported = visits({ tunnel: 'full' }, { internet: true }, { nodes });
    expect(reported.at(-1)).toBe('the internet http://[2001:db8:ffff:80::80] vps closed');
  });
});

describe('a page', () => {
  it.each([
    ['this is x; you came from 10.8.0.2', 'this is x; you came from 10.8.0.2'],
    ['this is x; you came from fd42:8::2', 'this is x; you came from fd42:8::2'],
    ['you came from [2001:0db8:0000:0000:0000:0000:0000:0008]', 'you came from 2001:db8::8'],
    ['you came from [1:2:3]', 'you came from [1:2:3]'],
    ['[2001:0db8::8] sent you', '[2001:0db8::8] sent you'],
  ])('%j reads %j', (page, plain) => {
    expect(plainPage(page)).toBe(plain);
  });
});

describe("clients' keys", () => {
  it('are one for each client of each network, new each time', () => {
    const [first, second] = [makeClientKeys(phoneHome), makeClientKeys(phoneHome)];
    expect(first.map(({ network, client }) => `${network}/${client}`)).toEqual(['home/phone']);
    expect(first[0]?.publicKey).not.toBe(second[0]?.publicKey);
    expect(JSON.stringify(first)).not.toContain(first[0]?.privateKey.reveal());
  });
});

describe('visitAll', () => {
  const plan = planLab(phoneHome);
  const page = 'this is x; you came from 10.8.0.2';

  function labIn(answers: (url: string) => readonly string[], handshake = '1700000000') {
    const asked: string[] = [];
    const client: LabClient = {
      up: async () => undefined,
      down: async () => undefined,
      exec: async () => ({ code: 0, stdout: `KEY=\t${handshake}\n`, stderr: '' }),
      fetch: async (url) => {
        const before = asked.filter((one) => one === url).length;
        asked.push(url);
        const said = answers(url);
        const text = said[Math.min(before, said.length - 1)] ?? '';
        return { ok: text.startsWith('this'), text };
      },
    };
    return { lab: { plan, client: () => client } as unknown as Lab, asked };
  }

  const reaching = (reach: Client['reach']): Inventory => ({
    ...phoneHome,
    networks: phoneHome.networks.map((network) => ({
      ...network,
      clients: network.clients.map((phone) => ({ ...phone, reach })),
    })),
  });
  const overlay = reaching([{ kind: 'overlay' }]);
  const describeVisits = async (lab: Lab) =>
    (await visitAll(lab, overlay, { deadlineMs: 0 })).map(({ url, go, seen }) => `${go} ${url} ${seen}`);

  it('asks again for what must come, and goes in the order of the plan', async () => {
    const { lab, asked } = labIn((url) => {
      if (url.includes('10.8.0.3')) return ['no route', page];
      return url.includes('198.18') ? ['this is it; you came from 100.65.0.1'] : ['timed out'];
    });
    const visited = await visitAll(lab, overlay);
    expect(visited.map(({ url, go }) => `${url} ${go}`)).toEqual([
      'http://10.8.0.3:3000 true',
      'http://192.168.1.100:3000 true',
      'http://192.168.1.101:3000 true',
      'http://198.18.0.80 true',
    ]);
    expect(asked.filter((url) => url.includes('10.8.0.3'))).toHaveLength(2);
  });

  it('says STOP to a page that came another way, that never came, or that was not to come', async () => {
    const { lab } = labIn((url) =>
      url.includes('198.18') ? ['timed out'] : ['this is x; you came from 10.8.0.1'],
    );
    expect(await describeVisits(lab)).toEqual([
      'false http://10.8.0.3:3000 this is x; you came from 10.8.0.1; expected from 10.8.0.2',
      'false http://192.168.1.100:3000 this is x; you came from 10.8.0.1; should not be reachable',
      'false http://192.168.1.101:3000 this is x; you came from 10.8.0.1; should not be reachable',
      'false http://198.18.0.80 timed out',
    ]);
  });

  it('counts silence as proof only if there was a handshake', async () => {
    const { lab } = labIn(() => ['timed out'], '0');
    expect((await describeVisits(lab))[1]).toBe(
      'false http://192.168.1.100:3000 no handshake with the hub, so this proves nothing: timed out',
    );
  });
});
