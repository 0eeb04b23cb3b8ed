import { loadInventory } from '../../../src/inventory/index.js';
import { appOpenings } from '../../../src/layers/edge/openings.js';
import type { Opening } from '../../../src/model/inventory.js';
import { hybridEdge } from '../../fixtures/edge-inventory.js';

const text = ({ node, protocol, port, sources, interface: device, because }: Opening): string =>
  `${node} ${port}/${protocol} from ${[sources].flat().join(', ')}${device === undefined ? '' : ` on ${device}`}: ${because}`;

describe('what has to be open for apps', () => {
  it('is the edge for anyone, and on the overlay the port at home for the edge', async () => {
    const edge = '10.88.0.1/32, fd42:88::1/128 on wg0';
    expect(appOpenings(await hybridEdge()).map(text)).toEqual([
      'vps 80/tcp from anyone: app photos, films, vault, start',
      'vps 443/tcp from anyone: app photos, films, vault, start',
      `home-1 27524/tcp from ${edge}: app photos`,
      `home-1 2283/tcp from ${edge}: app photos`,
      `home-1 26119/tcp from ${edge}: app films`,
      `home-1 29787/tcp from ${edge}: app vault`,
      `home-1 3000/tcp from ${edge}: app start`,
    ]);
  });

  it('is the port of the edge for TCP and UDP, for those who are let in', async () => {
    const options = { headers: {}, maintenance: false, proxyProtocol: false, allow: ['203.0.113.0/24'] };
    const inventory = await hybridEdge({
      photos: { kind: 'udp', listen: 5000, options },
      films: undefined,
      vault: { kind: 'tls' },
      start: undefined,
    });
    expect(appOpenings(inventory).map(text).slice(0, 3)).toEqual([
      'vps 443/tcp from anyone: app vault',
      'vps 5000/udp from 203.0.113.0/24: app photos',
      'home-1 27524/udp from 10.88.0.1/32, fd42:88::1/128 on wg0: app photos',
    ]);
  });

  it('leaves out whom an app with a port of its own denies', async () => {
    const options = { headers: {}, maintenance: false, proxyProtocol: false };
    const sourcesWith = async (more: object) =>
      appOpenings(
        await hybridEdge({ photos: { kind: 'udp', listen: 5000, options: { ...options, ...more } } }),
      )
        .filter(({ port }) => port === 5000)
        .map(({ sources }) => sources);
    expect(await sourcesWith({ allow: ['203.0.113.0/30'], deny: ['203.0.113.1/32'] })).toEqual([
      ['203.0.113.0/32', '203.0.113.2/31'],
    ]);
    expect(await sourcesWith({ allow: ['203.0.113.0/30'], deny: ['203.0.113.0/24'] })).toEqual([]);
    expect((await sourcesWith({ deny: ['203.0.113.0/24'] })).flat()).not.toContain('0.0.0.0/0');
  });

  it('is nothing without apps', async () => {
    expect(appOpenings({ ...(await hybridEdge()), apps: [] })).toEqual([]);
  });
});

it('is, over a tailnet, the port at home for its members, since addresses there are only known later', async () => {
  const inventory = await loadInventory('inventory/hybrid-edge-tailscale.yaml');
  const own = appOpenings(inventory).filter(({ node }) => node === 'home-1');
  expect(own.map(text)).toContain(
    'home-1 26119/tcp from 100.64.0.0/10, fd7a:115c:a1e0::/48 on tailscale0: app films',
  );
  expect(new Set(own.map(({ because }) => because))).toEqual(
    new Set(['app photos', 'app films', 'app vault', 'app start']),
  );
});
